from __future__ import annotations

import datetime as dt
import uuid

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from families.models import Draft, Visit
from tests import factories
from tests.families.test_visit_pages import log_url, typed


def draft_url(family, purpose="visit-log", name="draft") -> str:
    return reverse(f"families:{name}", args=[family.reference, purpose])


def test_draft_is_kept_and_comes_back_after_signing_out_and_in(cast, as_user, client):
    form = typed(cast, what_happened="Half a sent", minutes="", present=[])
    assert as_user(cast.coordinator).post(draft_url(cast.family), form).status_code == 204

    client.logout()
    page = as_user(cast.coordinator).get(log_url(cast.family))

    assert "You were writing this on" in page.content.decode()
    shown = page.context["form"]
    assert shown["what_happened"].value() == "Half a sent"
    assert shown["minutes"].value() == ""
    assert shown["present"].value() == []
    assert shown["uuid"].value() == form["uuid"]
    assert not shown.is_bound


def test_newest_draft_replaces_the_one_before(cast, as_user):
    client = as_user(cast.coordinator)
    for words in ("First", "Second"):
        client.post(draft_url(cast.family), {"what_happened": words})

    assert Draft.objects.get().fields["what_happened"] == ["Second"]


def test_draft_is_moved_to_the_moment_of_the_last_keeping(cast, as_user):
    client = as_user(cast.coordinator)
    client.post(draft_url(cast.family), {"what_happened": "First"})
    Draft.objects.update(updated_at=timezone.now() - dt.timedelta(days=2))

    client.post(draft_url(cast.family), {"what_happened": "Second"})

    assert timezone.now() - Draft.objects.get().updated_at < dt.timedelta(minutes=1)


def test_button_without_script_keeps_even_what_could_not_be_saved(cast, as_user):
    form = typed(cast, minutes="abc", what_happened="Half") | {"keep_draft": "1"}

    answer = as_user(cast.coordinator).post(log_url(cast.family), form)

    assert answer.status_code == 302
    assert Draft.objects.get().fields["minutes"] == ["abc"]
    assert "keep_draft" not in Draft.objects.get().fields
    assert not Visit.objects.exists()


def test_draft_without_bounds_is_refused_and_the_page_keeps_the_words(cast, as_user):
    client, paste = as_user(cast.coordinator), "word " * 200_000

    assert client.post(draft_url(cast.family), {"what_happened": paste}).status_code == 413
    answer = client.post(log_url(cast.family), typed(cast, what_happened=paste) | {"keep_draft": "1"})

    assert answer.status_code == 422
    assert "too long to keep as a draft" in answer.content.decode()
    assert answer.content.decode().count("word ") == 200_000
    assert not Draft.objects.exists()
    assert client.post(draft_url(cast.family), {f"field{n}": "x" for n in range(61)}).status_code == 413


def test_draft_with_nuls_and_broken_letters_is_kept_clean(cast, as_user):
    as_user(cast.coordinator).post(draft_url(cast.family), {"what_happened": "a\x00b\u202ec"})

    assert Draft.objects.get().fields["what_happened"] == ["abc"]


def test_draft_thrown_away_leaves_a_fresh_form(cast, as_user):
    client = as_user(cast.coordinator)
    client.post(draft_url(cast.family), {"what_happened": "Half"})

    answer = client.post(draft_url(cast.family, name="draft-discard"), follow=True)

    assert answer.redirect_chain[-1][0] == log_url(cast.family)
    assert not answer.context["form"]["what_happened"].value()
    assert not Draft.objects.exists()


def test_draft_of_another_person_is_never_shown(cast, as_user):
    colleague = factories.user("Cora Coordinator", "coordinator", cast.home)
    Draft.objects.create(user=colleague, family=cast.family, purpose="visit-log", fields={"what_happened": ["Hers"]})

    page = as_user(cast.coordinator).get(log_url(cast.family)).content.decode()

    assert "Hers" not in page


def test_draft_for_a_strangers_family_is_refused_as_absent(cast, as_user):
    client = as_user(cast.coordinator)

    for name in ("draft", "draft-discard"):
        assert client.post(draft_url(cast.far_family, name=name), {"a": "b"}).status_code == 404
    assert not Draft.objects.exists()


def test_late_autosave_after_the_visit_was_saved_is_not_offered_again(cast, as_user):
    client, form = as_user(cast.coordinator), typed(cast)
    client.post(log_url(cast.family), form)
    client.post(draft_url(cast.family), form)

    page = client.get(log_url(cast.family)).content.decode()

    assert "You were writing" not in page
    assert not Draft.objects.exists()


def test_draft_with_an_id_that_is_none_does_not_break_the_page(cast, as_user):
    client = as_user(cast.coordinator)
    client.post(draft_url(cast.family), {"uuid": "not an id", "what_happened": "Half", "support": "x", "day": "??"})

    page = client.get(log_url(cast.family))

    assert page.status_code == 200
    assert page.context["form"]["what_happened"].value() == "Half"


def test_draft_of_a_correction_that_was_overtaken_leads_to_both_versions(cast, as_user):
    visit = factories.visit(cast.family, cast.coordinator, what_happened="Old", recorded_by=cast.coordinator)
    client, url = as_user(cast.coordinator), reverse("families:visit-edit", args=[visit.uuid])
    form = typed(cast, what_happened="Mine", version="1")
    client.post(draft_url(cast.family, f"visit-edit-{visit.uuid}"), form)
    Visit.objects.update(version=2, what_happened="Theirs")

    shown = client.get(url).context["form"]
    assert (shown["what_happened"].value(), shown["version"].value()) == ("Mine", "1")
    assert client.post(url, form).status_code == 409


def test_draft_needs_a_token_of_the_page(cast, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.coordinator)

    assert strict.post(draft_url(cast.family), {"uuid": str(uuid.uuid4())}).status_code == 403
