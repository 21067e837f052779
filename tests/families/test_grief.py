from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.leaving import record_grief, record_return, share_member
from families.actions.member import MemberRefused, edit_member, record_birth
from families.models import Family, FamilyMember, Personal
from families.reports.grief import grief
from tests import factories

TODAY = london_today()


@pytest.fixture
def baby(cast) -> FamilyMember:
    return factories.member(cast.family, "Baby", role="unborn", due_date=TODAY + dt.timedelta(days=20))


def lose(cast, member, outcome="loss", **fields) -> FamilyMember:
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        return record_grief(
            by=cast.coordinator, family=cast.family, member=member, version=member.version, outcome=outcome, **fields
        )


def silent(family) -> bool:
    return Family.objects.get(pk=family.pk).silent_since is not None


def told(person) -> list[str]:
    with acting_as(Scope.SCOPED, person.pk):
        return [need.family.name for need in grief(person, TODAY, 10).needs]


@pytest.mark.parametrize("outcome", ["loss", "stillbirth", "ended", "unknown"])
def test_loss_brings_silence_and_a_quiet_line_for_the_coordinator_alone(cast, baby, outcome):
    lose(cast, baby, outcome)

    assert silent(cast.family)
    assert Personal.objects.get().pregnancy_outcome == outcome
    assert told(cast.coordinator) == ["Amina"]
    for who in ("volunteer", "other_coordinator", "manager", "lead"):
        assert told(getattr(cast, who)) == []
    assert not AuditEvent.objects.filter(details__icontains=outcome).exists()


def test_death_brings_silence(cast):
    child = factories.member(cast.family, "Yusuf")

    lose(cast, child, "", day=TODAY)

    assert silent(cast.family)
    assert (Personal.objects.get().died_on, FamilyMember.objects.get(pk=child.pk).left_on) == (TODAY, TODAY)


@pytest.mark.parametrize(
    "write",
    [
        lambda row: Personal.objects.create(**row, died_on=TODAY),
        lambda row: Personal.objects.bulk_create([Personal(**row, pregnancy_outcome="stillbirth")]),
        lambda row: (
            Personal.objects.create(**{**row, "grief_noted_at": None}),
            Personal.objects.update(pregnancy_outcome="loss", grief_noted_at=row["grief_noted_at"]),
        ),
    ],
    ids=["create", "bulk", "update"],
)
def test_silence_cannot_be_forgotten_by_any_way_of_writing(cast, baby, write):
    write({"member": baby, "family": cast.family, "organisation": cast.here, "grief_noted_at": timezone.now()})

    assert silent(cast.family)


def test_what_is_not_saved_brings_no_silence(cast, baby):
    with transaction.atomic():
        lose(cast, baby)
        transaction.set_rollback(True)

    assert not silent(cast.family)
    assert not AuditEvent.objects.exists()


def test_later_words_about_the_person_do_not_begin_the_silence_again(cast, baby):
    lose(cast, baby)
    Family.objects.update(silent_since=None)

    Personal.objects.update(gender="girl")

    assert not silent(cast.family)


def test_loss_of_a_shared_child_silences_both_families(cast, baby):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        share_member(
            by=cast.coordinator,
            family=cast.family,
            member=baby,
            version=1,
            reference=cast.far_family.reference,
            since=TODAY,
        )
    lose(cast, baby)

    assert silent(cast.family)
    assert silent(cast.far_family)
    assert told(cast.other_coordinator) == ["Chloe"]


def test_of_twins_one_lives_and_is_born_into_a_silent_family(cast, baby, as_user):
    twin = factories.member(cast.family, "Second baby", role="unborn", due_date=baby.due_date)
    lose(cast, baby)

    page = as_user(cast.coordinator).post(
        f"{cast.family.page}people/{twin.uuid}/born/",
        {"born": f"{TODAY:%d/%m/%Y}", "display_name": "Zayd", "version": 1},
        follow=True,
    )

    twin.refresh_from_db()
    assert (twin.role, twin.left_on) == ("child", None)
    assert silent(cast.family)
    assert "Welcome" not in page.content.decode()


def test_birth_after_a_loss_is_refused_kindly_until_the_loss_is_taken_back(cast, baby):
    lose(cast, baby)
    born = {"by": cast.coordinator, "family": cast.family, "member": baby, "date_of_birth": TODAY}

    with pytest.raises(MemberRefused, match="A loss is written down for this baby"):
        record_birth(**born, version=2)

    record_return(by=cast.coordinator, family=cast.family, member=baby, version=2)
    assert silent(cast.family)
    record_birth(**born, version=3)
    assert Personal.objects.get().pregnancy_outcome == "live_birth"


def test_birth_after_a_loss_is_refused_also_as_a_change_of_the_person(cast, baby):
    lose(cast, baby)

    with pytest.raises(MemberRefused, match="A loss is written down for this baby"):
        edit_member(by=cast.coordinator, family=cast.family, member=baby, version=2, role="child", date_of_birth=TODAY)


def test_birth_is_possible_where_only_nothing_was_known(cast, baby):
    lose(cast, baby, "unknown")

    record_birth(by=cast.coordinator, family=cast.family, member=baby, version=2, date_of_birth=TODAY)

    assert cast.family.members.current().filter(pk=baby.pk).exists()


@pytest.mark.parametrize("outcome", ["", "live_birth", "something"])
def test_loss_without_a_word_for_it_is_refused_with_no_trace(cast, baby, outcome):
    with pytest.raises(MemberRefused):
        lose(cast, baby, outcome)

    assert not silent(cast.family)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("day", [None, TODAY + dt.timedelta(days=1), dt.date(2001, 1, 1)])
def test_death_on_an_impossible_day_is_refused(cast, day):
    with pytest.raises(MemberRefused):
        lose(cast, factories.member(cast.family, "Yusuf"), "", day=day)

    assert not silent(cast.family)


def test_line_on_today_ends_once_a_coordinator_has_been_with_them(cast, baby):
    lose(cast, baby)
    later = timezone.now() + dt.timedelta(minutes=5)
    factories.visit(cast.family, cast.volunteer, actual_start=later)
    assert told(cast.coordinator) == ["Amina"]

    factories.visit(cast.family, cast.coordinator, actual_start=later, mode="phone")
    assert told(cast.coordinator) == []


def test_page_is_kind_and_says_what_will_not_be_sent(cast, baby, as_user):
    page = as_user(cast.coordinator).get(f"{cast.family.page}people/{baby.uuid}/grief/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]

    assert "We are sorry" in main
    assert "no reminder and no message" in main
    assert "!" not in main.replace("<!--", "")
    assert "danger" not in main
    assert "On which day?" in main


def test_volunteer_reads_neither_what_happened_nor_when(cast, baby, as_user):
    lose(cast, baby, "stillbirth")
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Personal.objects.exists()

    pages = [cast.family.page, f"{cast.family.page}people/{baby.uuid}/"]
    said = " ".join(as_user(cast.volunteer).get(page).content.decode() for page in pages)
    assert "stillborn" not in said
    assert "Kept closer" not in said


def test_today_asks_as_much_for_thirty_griefs_as_for_one_and_counts_them_all(cast):
    def add(number: int) -> None:
        family = factories.family(cast.home, f"Family {number}")
        child = factories.member(family, "Child")
        whose = {"member": child, "family": family, "organisation": cast.here}
        Personal.objects.create(**whose, died_on=TODAY, grief_noted_at=timezone.now())

    def ask() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            found = grief(cast.coordinator, TODAY, 10)
        return len(asked), found.total

    add(0)
    ask()  # a request reads the person's services once, for everything it asks
    few, _one = ask()
    for number in range(1, 30):
        add(number)

    assert ask() == (few, 30)
