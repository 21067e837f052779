from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.audit.models import FamilyRead
from betterstart.clock import LONDON, london_today
from families.models import Draft, Support, Visit, VisitState
from tests import factories


def log_url(family) -> str:
    return reverse("families:visit-log", args=[family.reference])


def typed(cast, **changes) -> dict:
    """The form for a visit of an hour yesterday morning, as a browser sends it."""
    parent = cast.family.members.get(role="parent")
    return {
        "uuid": str(uuid.uuid4()),
        "support": cast.family.supports.get().pk,
        "worker": cast.coordinator.pk,
        "day": (london_today() - dt.timedelta(days=1)).isoformat(),
        "time": "10:00",
        "minutes": "60",
        "mode": "home",
        "purpose": "ordinary",
        "present": [parent.pk],
        "what_happened": "We baked bread.",
    } | changes


def test_form_for_a_new_visit_starts_with_the_likely_answers(cast, as_user):
    child = factories.member(cast.family, "Zayn")
    last = factories.visit(cast.family, cast.volunteer, mode="out", days_ago=7)
    last.presences.create(member=child, family=cast.family)

    form = as_user(cast.coordinator).get(log_url(cast.family)).context["form"]

    assert form["worker"].value() == cast.coordinator.pk
    assert form["mode"].value() == "out"
    assert form["present"].value() == [child.pk]
    assert form["minutes"].value() == 120
    start = dt.datetime.combine(form["day"].value(), form["time"].value(), tzinfo=LONDON)
    assert dt.timedelta(hours=2) <= timezone.now() - start < dt.timedelta(hours=2, minutes=15)


def test_logged_visit_is_saved_and_said_and_its_page_offers_the_next(cast, as_user):
    client = as_user(cast.coordinator)

    answer = client.post(log_url(cast.family), typed(cast), follow=True)

    visit = Visit.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("families:visit-detail", args=[visit.uuid])
    assert visit.state == VisitState.DELIVERED
    assert visit.actual_start.astimezone(LONDON).time() == dt.time(10)
    page = answer.content.decode()
    assert "Saved: Amina" in page
    assert "No next visit is planned yet." in page
    assert f"{reverse('families:visit-plan', args=[cast.family.reference])}?support={visit.support_id}" in page
    assert FamilyRead.objects.filter(family_id=cast.family.pk, page="visit", reader_id=cast.coordinator.pk).exists()


def test_form_sent_twice_saves_one_visit(cast, as_user):
    client, form = as_user(cast.coordinator), typed(cast)

    answers = [client.post(log_url(cast.family), form) for _again in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"day": "2199-01-01"}, "day", "check the year"),
        ({"day": "in two days"}, "day", "has not come yet"),
        ({"day": "yesterday"}, "day", "4/8/2026"),
        ({"time": "25:00"}, "time", "14:30"),
        ({"minutes": "3"}, "minutes", "at least 5 minutes"),
        ({"minutes": "400"}, "minutes", "6 hours"),
        ({"minutes": "-5"}, "minutes", "Write a number"),
        ({"minutes": "9" * 30}, "minutes", "Write a number"),
        ({"travel_minutes": "lots"}, "travel_minutes", "Write a number"),
        ({"mode": "balloon"}, "mode", "balloon"),
        ({"someone_else": "x" * 201}, "someone_else", "room for 200"),
    ],
)
def test_impossible_answer_is_refused_beside_its_field_and_keeps_what_was_typed(cast, as_user, changes, field, words):
    if changes.get("day") == "in two days":
        changes = {"day": (london_today() + dt.timedelta(days=2)).isoformat()}

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, **changes))

    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert "We baked bread." in answer.content.decode()
    assert not Visit.objects.exists()


def test_support_and_people_of_another_family_are_refused(cast, as_user):
    stranger = cast.other_family.members.get()
    changes = {"support": cast.other_family.supports.get().pk, "present": [stranger.pk]}

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, **changes))

    errors = answer.context["form"].errors
    assert errors["support"] == ["Choose one of the supports of this family."]
    assert errors["present"] == ["Choose people of this family."]
    assert not Visit.objects.exists()


def test_worker_from_elsewhere_is_refused(cast, as_user):
    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, worker=cast.other_coordinator.pk))

    assert answer.context["form"].errors["worker"] == ["Choose somebody who is with this family."]


def test_visit_on_a_support_that_ended_meanwhile_says_so_and_keeps_the_words(cast, as_user):
    Support.objects.filter(family=cast.family).update(state="ended_planned", ended_on=london_today())

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast))

    assert answer.status_code == 422
    assert "This support ended on" in " ".join(answer.context["form"].errors["support"])
    assert "We baked bread." in answer.content.decode()


def test_family_without_an_open_support_gets_an_explanation_instead_of_a_form(cast, as_user):
    Support.objects.filter(family=cast.family).update(state="ended_planned", ended_on=london_today())

    page = as_user(cast.coordinator).get(log_url(cast.family)).content.decode()

    assert "no open support" in page
    assert "<textarea" not in page


def test_child_born_after_the_visit_cannot_have_been_there(cast, as_user):
    newborn = factories.member(cast.family, "Nour", date_of_birth=london_today())

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, present=[newborn.pk]))

    assert "Nour was not born yet" in answer.context["form"].errors["present"][0]


def test_pasted_megabyte_is_refused_at_its_field_and_is_all_still_there(cast, as_user):
    paste = "نہایت لمبا متن " * 75_000

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, what_happened=paste))

    assert answer.status_code == 422
    assert "room for 2,000" in answer.context["form"].errors["what_happened"][0]
    assert answer.content.decode().count("نہایت لمبا متن") == 75_000


def test_control_characters_and_direction_overrides_are_cleaned_from_the_words(cast, as_user):
    words = "One\x00 two\x07\u202ethree\r\n\u2066four\u2069"

    as_user(cast.coordinator).post(log_url(cast.family), typed(cast, what_happened=words, someone_else="Gran\x00"))

    visit = Visit.objects.get()
    assert visit.what_happened == "One twothree\n\u2066four\u2069"
    assert visit.someone_else == "Gran"


def test_long_visit_is_asked_about_and_saved_after_a_tick(cast, as_user):
    client, form = as_user(cast.coordinator), typed(cast, minutes="300")

    asked = client.post(log_url(cast.family), form)
    assert asked.status_code == 422
    assert "Yes, it really was that long: 5 hours." in asked.content.decode()
    assert not Visit.objects.exists()

    client.post(log_url(cast.family), form | {"confirmed": ["long"]})
    assert Visit.objects.get().duration_minutes == 300


def test_hour_that_autumn_gives_back_is_asked_about(cast, as_user):
    night = dt.date(2025, 10, 26)
    Support.objects.filter(family=cast.family).update(accepted_on=night - dt.timedelta(days=60))
    client, form = as_user(cast.coordinator), typed(cast, day=night.isoformat(), time="01:30")

    asked = client.post(log_url(cast.family), form)
    assert asked.status_code == 422
    assert "came twice" in asked.content.decode()

    client.post(log_url(cast.family), form | {"which": "second"})
    assert Visit.objects.get().actual_start == dt.datetime(2025, 10, 26, 1, 30, tzinfo=dt.UTC)


def test_hour_that_spring_skips_is_refused(cast, as_user):
    night = dt.date(2026, 3, 29)
    Support.objects.filter(family=cast.family).update(accepted_on=night - dt.timedelta(days=60))

    answer = as_user(cast.coordinator).post(log_url(cast.family), typed(cast, day=night.isoformat(), time="01:30"))

    assert "There is no 01:30" in answer.context["form"].errors["time"][0]


@pytest.mark.parametrize("name", ["visit-log", "visit-plan", "visit-try"])
def test_strangers_family_is_not_there(cast, as_user, name):
    client = as_user(cast.coordinator)
    absent = client.get(reverse(f"families:{name}", args=["BBBBBBB"]))

    hidden = client.get(reverse(f"families:{name}", args=[cast.far_family.reference]))

    assert (hidden.status_code, hidden.content) == (404, absent.content)


@pytest.mark.parametrize("name", ["visit-detail", "visit-record", "visit-edit", "visit-move", "visit-missed"])
def test_strangers_visit_is_not_there(cast, as_user, name):
    far = factories.visit(cast.far_family, cast.other_coordinator)
    client = as_user(cast.coordinator)
    absent = client.get(reverse(f"families:{name}", args=[uuid.uuid4()]))

    hidden = client.get(reverse(f"families:{name}", args=[far.uuid]))

    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_volunteer_sees_own_visit_and_not_that_of_another(cast, as_user):
    own, other = factories.visit(cast.family, cast.volunteer), factories.visit(cast.family, cast.coordinator)
    client = as_user(cast.volunteer)

    assert client.get(reverse("families:visit-detail", args=[own.uuid])).status_code == 200
    assert client.get(reverse("families:visit-detail", args=[other.uuid])).status_code == 404


def test_planned_visit_waiting_for_its_record_is_offered_before_a_new_one(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=0.2)

    page = as_user(cast.coordinator).get(log_url(cast.family)).content.decode()

    assert reverse("families:visit-record", args=[planned.uuid]) in page


def test_planned_visit_is_recorded_with_its_plan_as_the_likely_answers(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1, mode="out")
    client, url = as_user(cast.coordinator), reverse("families:visit-record", args=[planned.uuid])

    form = client.get(url).context["form"]
    assert (form["worker"].value(), form["mode"].value(), form["minutes"].value()) == (cast.volunteer.pk, "out", 120)

    client.post(url, typed(cast, worker=cast.volunteer.pk, version="1"))
    planned.refresh_from_db()
    assert planned.state == VisitState.DELIVERED


def test_two_taps_on_save_of_a_planned_visit_are_one_record_and_no_conflict(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    client, url = as_user(cast.coordinator), reverse("families:visit-record", args=[planned.uuid])
    form = typed(cast, worker=cast.volunteer.pk, version="1")

    answers = [client.post(url, form) for _again in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    planned.refresh_from_db()
    assert planned.version == 2


def test_words_for_a_visit_that_was_moved_meanwhile_are_kept_and_can_be_a_visit_of_their_own(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    client, url = as_user(cast.coordinator), reverse("families:visit-record", args=[planned.uuid])
    Visit.objects.filter(pk=planned.pk).update(state="not_delivered", not_delivered_reason="holiday", version=2)

    answer = client.post(url, typed(cast, worker=cast.volunteer.pk, version="1"))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "We baked bread." in page
    assert f'formaction="{log_url(cast.family)}"' in page


def test_saving_throws_the_draft_away(cast, as_user):
    client = as_user(cast.coordinator)
    Draft.objects.create(user=cast.coordinator, family=cast.family, purpose="visit-log", fields={})

    client.post(log_url(cast.family), typed(cast))

    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("state", "purpose", "to"),
    [
        ("getting_to_know", "initial", "waiting"),
        ("waiting", "introduction", "active"),
        ("ending", "last", "ended_planned"),
        ("active", "ordinary", ""),
    ],
)
def test_page_of_a_visit_offers_the_move_that_usually_follows(cast, as_user, state, purpose, to):
    Support.objects.filter(family=cast.family).update(state=state)
    visit = factories.visit(cast.family, cast.coordinator, purpose=purpose)
    support = visit.support_id

    page = as_user(cast.coordinator).get(reverse("families:visit-detail", args=[visit.uuid])).content.decode()

    move = reverse("families:support-move", args=[cast.family.reference, support, to or "paused"])
    assert (move in page) is bool(to)


def test_page_of_a_visit_tells_who_corrected_it(cast, as_user):
    client = as_user(cast.coordinator)
    client.post(log_url(cast.family), typed(cast))
    visit = Visit.objects.get()
    colleague = factories.user("Cora Colleague", "coordinator", cast.home)

    as_user(colleague).post(
        reverse("families:visit-edit", args=[visit.uuid]), typed(cast, version="1", what_happened="We baked twice.")
    )

    history = client.get(reverse("families:visit-detail", args=[visit.uuid])).context["history"]
    # Not in order: the clock of the database stands still within one test.
    assert {(str(moment.by), moment.words) for moment in history} == {
        ("Cora Colleague", "Corrected"),
        ("Carys Coordinator", "Recorded"),
    }


def test_try_that_reached_nobody_is_one_link_from_the_form(cast, as_user):
    page = as_user(cast.coordinator).get(log_url(cast.family)).content.decode()

    assert reverse("families:visit-try", args=[cast.family.reference]) in page
