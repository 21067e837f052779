"""What an adult finds and says on their own page, where nobody else is part of their household."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.audit.models import AuditEvent, FamilyRead
from families.models import Family, FamilyReply, GoalRating, Score, VisitPresence
from tests import factories
from tests.families.consenting import YES, choose
from tests.families.own import HOME, enter

PLAN, VISITS, SAY, SAID, HOW, LOOKED, KEEP = (
    reverse(f"families:own-{name}") for name in ("plan", "visits", "say", "said", "how", "looked", "keepsake")
)


ID = "7f9bd4d1-6f3f-4f2e-9d7c-2a2f5c8d9a10"


@pytest.fixture
def adult(cast):
    return cast.family.members.get()


@pytest.fixture
def client(cast, adult):
    return enter(factories.own_page(adult, cast.coordinator))


def text(answer):
    return answer.content.decode()


def note(visit):
    return reverse("families:own-note", args=[visit.uuid])


def visit(cast, words="We baked bread.", **fields):
    return factories.visit(cast.family, cast.volunteer, what_happened=words, **fields)


# --- what they read ------------------------------------------------------------------------------------------------


def test_goals_stand_in_their_own_words_with_their_own_numbers(cast, client):
    goal = factories.goal(cast.family, "ایک گھنٹہ اپنے لیے")
    of = {"goal": goal, "support": goal.support, "family": cast.family, "member": goal.member, "given": "number"}
    for value, days in ((3, 40), (7, 2)):
        day = timezone.localdate() - dt.timedelta(days=days)
        GoalRating.objects.create(**of, stage="review", value=value, happened_on=day)
    factories.score(factories.need(cast.family), None)

    for address in (HOME, PLAN):
        page = text(client.get(address))
        assert "ایک گھنٹہ اپنے لیے" in page
        assert "At first 3, now 7, of 10" in page
        assert "not said of 5" in page


def test_note_about_the_last_visit_stands_on_the_first_page_and_all_of_them_on_theirs(cast, client):
    visit(cast, "We baked bread.", days_ago=9)
    visit(cast, "We went to the park.", days_ago=2, state="seen")

    assert "We went to the park." in text(client.get(HOME))
    assert "We baked bread." not in text(client.get(HOME))
    page = text(client.get(VISITS))
    assert page.index("We went to the park.") < page.index("We baked bread.")
    assert cast.volunteer.display_name in page


@pytest.mark.parametrize("state", ["withdrawn", "moved", "not_delivered"])
def test_visit_that_did_not_happen_or_was_a_mistake_is_not_there(cast, client, state):
    times = {"actual_start": timezone.now(), "duration_minutes": 60} if state == "withdrawn" else {}
    row = visit(cast, "Not theirs to read.", state=state, **times)

    for address in (HOME, VISITS, note(row)):
        assert "Not theirs to read." not in text(client.get(address))


def test_earlier_visits_are_a_page_further(cast, client):
    for number in range(12):
        visit(cast, f"Words of visit {number}.", days_ago=number + 1)

    first = text(client.get(VISITS))
    older = first.split('href="?before=')[1].split('"')[0]
    second = text(client.get(f"{VISITS}?before={older}"))

    shown = [sum(f"Words of visit {number}." in page for number in range(12)) for page in (first, second)]
    assert shown == [10, 2]


@pytest.mark.parametrize("before", ["x", "2026-13-45", "2026-01-01", "9" * 40])
def test_broken_address_of_earlier_visits_begins_with_the_latest(cast, client, before):
    visit(cast)

    assert "We baked bread." in text(client.get(VISITS, {"before": before}))


def test_next_visit_is_told_with_who_comes(cast, client):
    start = timezone.now() + dt.timedelta(days=3)
    visit(cast, "", state="planned", planned_start=start, planned_end=start + dt.timedelta(hours=1))

    assert "The next visit" in text(client.get(HOME))


def test_nothing_that_is_kept_about_them_for_others_is_anywhere(cast, client):
    Family.objects.filter(pk=cast.family.pk).update(safety_notes="CANARY dog", name="CANARY name")
    row = visit(cast, someone_else="CANARY guest", state="checked_in")
    factories.check_in(row, worry="unsure")
    factories.address(cast.family, "CANARY street")
    factories.referral(cast.home, reason="CANARY reason", family=cast.family)
    FamilyRead.objects.create(
        reader_id=cast.lead.pk, reader_name="Sam", reader_role="safeguarding_lead", family_id=cast.family.pk,
        family_reference=cast.family.reference, page="family", reason="CANARY concern",
    )  # fmt: skip

    for address in (HOME, PLAN, VISITS, SAY, SAID, HOW, LOOKED, note(row)):
        page = text(client.get(address))
        assert "CANARY" not in page
        assert "afeguarding" not in page


def test_who_looked_is_told_by_day_name_and_what_they_are_to_the_family(cast, client):
    def looked(user, role, reason=""):
        FamilyRead.objects.create(
            reader_id=user.pk, reader_name=user.display_name, reader_role=role, family_id=cast.family.pk,
            family_reference=cast.family.reference, page="family", reason=reason,
        )  # fmt: skip

    looked(cast.volunteer, "volunteer")
    looked(cast.volunteer, "volunteer")
    looked(cast.coordinator, "coordinator")
    looked(cast.lead, "safeguarding_lead", "A call from school")

    page = text(client.get(LOOKED))

    assert page.count(cast.volunteer.display_name) == 1
    assert "visits you" in page
    assert "works with you" in page
    assert "wrote down why" in page
    assert "A call from school" not in page


def test_page_of_a_silent_family_asks_for_nothing(cast, client):
    start = timezone.now() + dt.timedelta(days=3)
    visit(cast, "", state="planned", planned_start=start, planned_end=start + dt.timedelta(hours=1))
    Family.objects.filter(pk=cast.family.pk).update(silent_since=timezone.now())

    page = text(client.get(HOME))

    assert "Nothing here waits for you" in page
    assert "The next visit" not in page
    assert HOW not in page


# --- what they say -------------------------------------------------------------------------------------------------


def test_words_stand_beside_the_note_as_they_were_said(cast, client, adult):
    row = visit(cast)
    said = {"kind": "not_quite", "words": "Her name is <b>Zayn</b>.", "visit_version": row.version}

    client.post(note(row), said | {"uuid": ID})

    reply = FamilyReply.objects.get()
    assert (reply.member, reply.visit, reply.how) == (adult, row, "own_page")
    for address in (note(row), VISITS, HOME):
        assert "Her name is &lt;b&gt;Zayn&lt;/b&gt;." in text(client.get(address))


def test_words_that_are_too_long_are_refused_and_kept(cast, client):
    row = visit(cast)
    long = "word " * 200_000

    answer = client.post(note(row), {"kind": "not_quite", "words": long, "uuid": ID})

    assert answer.status_code == 422
    assert long.strip() in text(answer)
    assert not FamilyReply.objects.exists()


def test_different_volunteer_is_asked_for_without_a_reason(cast, client):
    page = text(client.get(f"{SAY}?kind=other_volunteer"))
    answer = client.post(SAY, {"kind": "other_volunteer", "uuid": ID})

    assert re.search(r'value="other_volunteer"[^>]*checked', page)
    assert answer["Location"] == SAID
    assert FamilyReply.objects.get().support == cast.family.supports.get()


def test_answer_and_what_was_done_stand_where_they_look(cast, client, adult):
    factories.reply(
        cast.family, words="Please come on Mondays.", adult=adult, state="answered", answer="Yes, from next week.",
        did="Vera comes on Mondays now.", heard="own_page", answered_at=timezone.now(), answered_by=cast.coordinator,
    )  # fmt: skip

    for address in (HOME, SAID):
        page = text(client.get(address))
        assert "Please come on Mondays." in page
        assert "Yes, from next week." in page
        assert "Vera comes on Mondays now." in page


def test_number_they_give_is_theirs_and_rather_not_say_is_an_answer(cast, client, adult):
    company, mood = factories.need(cast.family), factories.need(cast.family, "mood")
    assert "Having people around me" in text(client.get(HOW))

    answer = client.post(HOW, {f"need_{company.pk}": "4", f"need_{mood.pk}": "rather_not"})

    assert answer["Location"] == PLAN
    rows = {row.need_id: (row.given, row.value, row.member, row.recorded_by) for row in Score.objects.all()}
    assert rows == {company.pk: ("number", 4, adult, None), mood.pk: ("rather_not", None, adult, None)}
    assert "4 of 5" in text(client.get(PLAN))


@pytest.mark.parametrize("value", ["", "6", "-1", "x"])
def test_no_number_or_one_that_is_none_is_refused(cast, client, value):
    need = factories.need(cast.family)

    assert client.post(HOW, {f"need_{need.pk}": value}).status_code == 422
    assert not Score.objects.exists()


def test_note_of_another_family_is_not_there(cast, client):
    row = factories.visit(cast.other_family, cast.other_volunteer, what_happened="Theirs.")

    for answer in (client.get(note(row)), client.post(note(row), {"kind": "right"})):
        assert answer.status_code == 404


# --- how much it takes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [HOME, PLAN, VISITS, SAY, SAID, HOW, LOOKED, KEEP])
def test_page_asks_the_same_number_of_questions_for_little_and_for_much(cast, client, adult, address):
    counts = []
    for many in (1, 29):
        for number in range(many):
            row = visit(cast, days_ago=number + 2)
            VisitPresence.objects.create(visit=row, member=adult, family=cast.family)
            factories.reply(cast.family, "not_quite", words="No.", adult=adult, visit=row, support=row.support)
            goal = factories.goal(cast.family)
            of = {"goal": goal, "support": goal.support, "family": cast.family, "member": adult}
            GoalRating.objects.create(**of, stage="start", given="number", value=3)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] < (48 if address == KEEP else 40)  # what is taken along is everything at once


# --- what they take along ------------------------------------------------------------------------------------------


@pytest.fixture
def rich(cast, adult):
    """Words in two scripts, and some that would be markup elsewhere."""
    factories.goal(cast.family, "ایک گھنٹہ اپنے لیے")
    factories.goal(cast.family, "To #strong[rest], $x$ *now* <b>.")
    row = visit(cast, "We baked bread.\nAnd ate it.")
    factories.reply(cast.family, "not_quite", words="It was cake.", adult=adult, visit=row, support=row.support)
    factories.circle_tie(factories.circle(adult, cast.coordinator), "Khala #Noor", strength=3, strained=True)
    cast.amina = adult
    choose(cast, YES)


def keep(client, kind):
    return client.get(reverse("families:own-keepsake-file", args=[kind]))


def test_page_to_keep_is_a_file_that_needs_nothing_else(client, rich):
    answer = keep(client, "html")

    page = text(answer)
    assert re.fullmatch(r'attachment; filename="our-page-\d{4}-\d\d-\d\d\.html"', answer["Content-Disposition"])
    for words in ("ایک گھنٹہ اپنے لیے", "We baked bread.", "It was cake.", "&lt;b&gt;.", "Khala #Noor", "Yes, "):
        assert words in page
    assert "strained" not in page
    assert "/static/" not in page
    assert "<script" not in page
    assert AuditEvent.objects.get(verb="own_page.kept").details["kind"] == "html"


def test_paper_to_keep_is_a_tagged_document(client, rich):
    answer = keep(client, "pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    for sign in (b"/StructTreeRoot", b"pdfuaid", b"/Lang"):
        assert sign in answer.content


def test_paper_to_keep_of_somebody_who_said_nothing_yet_is_made_all_the_same(client):
    assert keep(client, "pdf").content.startswith(b"%PDF-")


def test_other_kinds_of_files_are_not_made(client):
    assert keep(client, "docx").status_code == 404
