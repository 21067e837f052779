from __future__ import annotations

import datetime as dt

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.forms.member import Birth, BirthField
from families.models import Family, FamilyMember
from tests import factories
from tests.families.test_family_page import text

PERSON = {"role": "child", "display_name": "Yusuf"}


@pytest.fixture
def url(cast) -> str:
    return f"/families/{cast.family.reference}/people/"


@pytest.fixture
def baby(cast) -> FamilyMember:
    return factories.member(cast.family, "Baby", role="unborn", due_date=london_today() + dt.timedelta(days=20))


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("4/8/2024", "2024-08-04", "day"),
        ("04.08.2024", "2024-08-04", "day"),
        ("4 8 2024", "2024-08-04", "day"),
        ("2024-08-04", "2024-08-04", "day"),
        ("4 August 2024", "2024-08-04", "day"),
        ("4th Aug 2024", "2024-08-04", "day"),
        ("8/2024", "2024-08-01", "month"),
        ("2024-08", "2024-08-01", "month"),
        ("sept 2024", "2024-09-01", "month"),
        ("2024", "2024-01-01", "year"),
        ("٤/٨/٢٠٢٤", "2024-08-04", "day"),
        ("29/2/2024", "2024-02-29", "day"),
    ],
)
def test_birth_is_understood_as_people_write_it(typed, day, precision):
    assert BirthField().clean(typed) == Birth(dt.date.fromisoformat(day), precision)


@pytest.mark.parametrize(
    "typed",
    ["29/2/2027", "30 Feb 2024", "31/12/24", "0/0/0000", "13/2024", "1/2/3/2024", "-", "½/1/2024", "٣", "99999"],
)
def test_birth_that_cannot_be_is_refused(typed):
    with pytest.raises(Exception, match=r"Write|no such day"):
        BirthField().clean(typed)


def test_birth_is_shown_as_it_was_typed():
    field = BirthField()

    assert [field.prepare_value(field.clean(typed)) for typed in ("4/8/2024", "8/2024", "2024")] == [
        "4/8/2024",
        "8/2024",
        "2024",
    ]


def test_add_puts_a_person_into_the_family_and_the_search(cast, as_user, url):
    page = as_user(cast.coordinator).post(f"{url}new/", PERSON | {"born": "8/2024"}, follow=True)

    member = cast.family.members.get(display_name="Yusuf")
    assert (member.date_of_birth, member.birth_precision) == (dt.date(2024, 8, 1), "month")
    assert Family.objects.matching("Yousuf").get() == cast.family
    assert AuditEvent.objects.get().details == {"role": "child"}
    assert "Saved. Yusuf is part of this family now." in text(page)


def days(n: int) -> str:
    return (london_today() + dt.timedelta(days=n)).isoformat()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"display_name": ""}, "required"),
        ({"role": "cat"}, "not one of"),
        ({"born": "1/1/2999"}, "not come yet"),
        ({"role": "parent", "born": "1/1/1890"}, "years ago"),
        ({"role": "unborn"}, "When is the baby due"),
        ({"role": "unborn", "due_date": days(-22)}, "between three weeks ago"),
        ({"role": "unborn", "due_date": days(301)}, "between three weeks ago"),
        ({"role": "unborn", "due_date": days(3), "born": "1/1/2024"}, "Once born"),
        ({"role": "helper", "due_date": days(3)}, "Only a child"),
        ({"due_date": "31/02/2026"}, "Write the day like"),
        ({"born": "1/1/1990"}, "A child cannot be older than a parent"),
        ({"born": "1/6/1990"}, "A child cannot be older than a parent"),
    ],
)
def test_add_refuses_what_cannot_be(cast, as_user, url, typed, sentence):
    cast.family.members.update(date_of_birth="1990-06-01")

    answer = as_user(cast.coordinator).post(f"{url}new/", PERSON | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert cast.family.members.count() == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("typed"),
    [
        {"role": "unborn", "due_date": days(-21)},
        {"role": "unborn", "due_date": days(300)},
        {"born": "6/1990"},
        {"born": "1990"},
        {"born": "2/6/1990", "sure": "on"},
        {"role": "helper", "born": "1/1/1950"},
        {"role": "other_adult"},
    ],
)
def test_add_takes_what_is_only_unusual(cast, as_user, url, typed):
    """A month or a year known alone gets the benefit of the doubt; a grown-up child was asked about."""
    cast.family.members.update(date_of_birth="1990-06-01")
    typed = typed if "1990" not in str(typed) else typed | {"sure": "on"}

    assert as_user(cast.coordinator).post(f"{url}new/", PERSON | typed).status_code == 302


def test_parent_cannot_become_younger_than_a_child(cast, as_user, url):
    factories.member(cast.family, "Yusuf", date_of_birth=dt.date(2015, 1, 1))
    carer = cast.family.members.get(role="parent")

    answer = as_user(cast.coordinator).post(
        f"{url}{carer.uuid}/edit/", {"role": "parent", "display_name": "Amina", "born": "2016", "version": 1}
    )

    assert "A child cannot be older than a parent" in text(answer)


def test_child_of_eighteen_is_asked_about_once(cast, as_user, url):
    client, grown = as_user(cast.coordinator), PERSON | {"born": "1/1/2001"}

    asked = client.post(f"{url}new/", grown)
    assert asked.status_code == 422
    assert "years old. Is that right?" in text(asked)
    assert 'type="checkbox" name="sure"' in asked.content.decode()

    assert client.post(f"{url}new/", grown | {"sure": "on"}).status_code == 302
    member = cast.family.members.get(display_name="Yusuf")
    later = {"display_name": "Yusuf A.", "born": "1/1/2001", "version": 1}
    assert client.post(f"{url}{member.uuid}/edit/", later).status_code == 302


def test_edit_is_refused_when_somebody_saved_meanwhile_and_shows_both(cast, as_user, url):
    carer = cast.family.members.get()
    client, page = as_user(cast.coordinator), f"{url}{carer.uuid}/edit/"
    sent = {"role": "parent", "display_name": "Amina", "is_main_carer": "on", "version": 1}
    client.post(page, sent | {"known_as": "Mina"})

    both = client.post(page, sent | {"known_as": "Amy", "born": "1990"})

    assert both.status_code == 409
    assert "Mina" in text(both)
    assert "Amy" in text(both)
    carer.refresh_from_db()
    assert (carer.known_as, carer.date_of_birth) == ("Mina", None)


def test_role_of_a_grown_up_never_becomes_a_childs(cast, as_user, url):
    carer = cast.family.members.get()

    answer = as_user(cast.coordinator).post(
        f"{url}{carer.uuid}/edit/", {"role": "child", "display_name": "Amina", "version": 1}
    )

    assert answer.status_code == 422


def test_birth_turns_the_same_person_into_a_child_and_keeps_the_due_date(cast, as_user, url, baby):
    today = london_today()

    as_user(cast.coordinator).post(
        f"{url}{baby.uuid}/born/", {"born": f"{today:%d/%m/%Y}", "display_name": "Ayaan", "version": 1}
    )

    due = baby.due_date
    baby.refresh_from_db()
    assert (baby.role, baby.display_name, baby.date_of_birth, baby.due_date) == ("child", "Ayaan", today, due)
    assert AuditEvent.objects.get().verb == "member.born"


@pytest.mark.parametrize(
    ("born", "sentence"), [("1/1/2999", "not come yet"), ("1/1/2020", "long before the due date"), ("", "required")]
)
def test_birth_on_an_impossible_day_is_refused(cast, as_user, url, baby, born, sentence):
    answer = as_user(cast.coordinator).post(f"{url}{baby.uuid}/born/", {"born": born, "version": 1})

    assert sentence in text(answer)
    baby.refresh_from_db()
    assert baby.role == "unborn"


def test_birth_recorded_by_somebody_else_meanwhile_is_said(cast, as_user, url, baby):
    FamilyMember.objects.filter(pk=baby.pk).update(role="child", date_of_birth=london_today(), version=2)

    answer = as_user(cast.coordinator).post(
        f"{url}{baby.uuid}/born/", {"born": f"{london_today():%d/%m/%Y}", "version": 1}
    )

    assert "This child is born already." in text(answer)


def test_leaving_can_be_undone(cast, as_user, url, baby):
    client = as_user(cast.coordinator)
    client.post(f"{url}{baby.uuid}/left/", {"left_on": london_today().isoformat(), "version": 1})
    baby.refresh_from_db()
    assert baby.left_on == london_today()

    client.post(f"{url}{baby.uuid}/back/")

    baby.refresh_from_db()
    assert baby.left_on is None
    cast.family.refresh_from_db()
    assert cast.family.silent_since is None


def test_loss_silences_everything_automatic_at_once(cast, as_user, url, baby):
    client = as_user(cast.coordinator)
    assert "The pregnancy ended, or the baby died" in text(client.get(f"{url}{baby.uuid}/left/"))

    client.post(f"{url}{baby.uuid}/grief/", {"outcome": "loss", "version": 1})

    cast.family.refresh_from_db()
    assert cast.family.silent_since is not None
    assert set(AuditEvent.objects.values_list("verb", flat=True)) == {"member.left", "family.silenced"}


def test_person_of_another_family_does_not_exist_under_this_one(cast, as_user, url):
    stranger = cast.other_family.members.get()

    assert as_user(cast.coordinator).get(f"{url}{stranger.uuid}/edit/").status_code == 404
