import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.audit.models import AuditEvent
from betterstart.lexicon.models import FairWordingPrompt

pytestmark = pytest.mark.django_db
LIST, ADD, CHECK = reverse("lexicon:prompt-list"), reverse("lexicon:prompt-add"), reverse("lexicon:wording-check")

GOOD = {
    "words": "Hard Work\n\n  heavy going  \n",
    "suggestion": "Say what took your strength.",
    "why": "It may sound as if the family were a burden.",
    "language": "en",
    "order": 5,
    "is_active": "on",
}


def test_administrator_adds_a_prompt_and_it_is_found_at_once(cast, as_user):
    client = as_user(cast.administrator)

    response = client.post(ADD, GOOD, follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert "People now see this prompt when they write “Hard Work”." in response.content.decode()
    added = FairWordingPrompt.objects.get(suggestion=GOOD["suggestion"])
    assert added.phrases == ["Hard Work", "heavy going"]
    event = AuditEvent.objects.get(verb="wording_prompt.added")
    assert (event.actor_id, event.target_id) == (cast.administrator.pk, added.pk)
    assert "Say what took your strength." in client.post(CHECK, {"text": "It was hard work."}).content.decode()


def test_administrator_lets_a_prompt_rest(cast, as_user):
    prompt = FairWordingPrompt.objects.first()
    client = as_user(cast.administrator)
    page = reverse("lexicon:prompt-edit", args=[prompt.pk])
    fields = {**client.get(page).context["form"].initial, "is_active": ""}

    client.post(page, fields)

    prompt.refresh_from_db()
    assert not prompt.is_active
    assert AuditEvent.objects.get(verb="wording_prompt.changed").details == {"in_use": False}


@pytest.mark.parametrize("words", ["", "  \n \n", "…", "!!\n--"])
def test_prompt_without_words_is_refused_and_keeps_what_was_typed(words, cast, as_user):
    response = as_user(cast.administrator).post(ADD, {**GOOD, "words": words})

    assert response.status_code == 200
    assert "words" in response.context["form"].errors
    assert GOOD["suggestion"] in response.content.decode()
    assert not FairWordingPrompt.objects.filter(suggestion=GOOD["suggestion"]).exists()


def test_prompt_that_does_not_exist_is_not_found(cast, as_user):
    assert as_user(cast.administrator).get(reverse("lexicon:prompt-edit", args=[10**9])).status_code == 404


@pytest.mark.parametrize("who", ["coordinator", "volunteer", "manager", "lead", "nobody"])
def test_prompt_pages_are_for_administrators(who, cast, as_user):
    client = as_user(getattr(cast, who))

    assert [client.get(page).status_code for page in (LIST, ADD)] == [403, 403]
    assert client.post(ADD, GOOD).status_code == 403


@pytest.mark.parametrize("page", [LIST, ADD])
def test_prompt_pages_ask_strangers_to_sign_in(page, client):
    assert client.get(page).url.startswith(reverse("account_login"))


def test_prompt_list_takes_the_same_queries_however_long(cast, as_user, django_assert_num_queries):
    client = as_user(cast.administrator)
    client.get(LIST)
    FairWordingPrompt.objects.exclude(pk=FairWordingPrompt.objects.first().pk).delete()
    with CaptureQueriesContext(connection) as short:
        client.get(LIST)
    FairWordingPrompt.objects.bulk_create(
        [FairWordingPrompt(words=f"word{n}", suggestion="Say what happened.") for n in range(30)]
    )

    with django_assert_num_queries(len(short)):
        client.get(LIST)


def test_wording_check_shows_prompts_and_never_blocks(cast, as_user):
    response = as_user(cast.volunteer).post(f"{CHECK}?field=what_happened", {"what_happened": "Mum says no."})

    assert response.status_code == 200
    assert "Would this be kind and fair if they read it?" in response.content.decode()
    assert "<q>Mum says</q>" in response.content.decode()


@pytest.mark.parametrize("text", ["", "We sang together.", "x" * 1_000_000])
def test_wording_check_is_silent_about_fair_words(text, cast, as_user):
    response = as_user(cast.volunteer).post(CHECK, {"text": text})

    assert response.content.decode().strip() == ""


def test_wording_check_shows_what_was_written_as_text(cast, as_user):
    FairWordingPrompt.objects.create(words="script alert", suggestion="<b>Say</b> it.")

    shown = as_user(cast.volunteer).post(CHECK, {"text": "<script>alert(1)</script>"}).content.decode()

    assert "<script>" not in shown
    assert "&lt;b&gt;Say&lt;/b&gt;" in shown


def test_wording_check_is_not_for_strangers(client):
    assert client.post(CHECK, {"text": "Mum says no."}).status_code == 302
