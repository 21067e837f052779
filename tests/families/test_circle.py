"""Drawing a circle of support, going through it again, and what became of it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions import circle as actions
from families.actions.circle import CircleRefused
from families.actions.editing import StaleEdit
from families.actions.member import add_member
from families.actions.merge import merge_families
from families.models import Circle, CircleLink, CircleTie
from families.reports.circles import circle_page, to_ask
from kindness_metrics.measures import networks
from kindness_metrics.reports import circle_figures
from tests import factories


@pytest.fixture
def adult(cast):
    return cast.family.members.get(role="parent")


def start(cast, adult):
    return actions.start_circle(by=cast.coordinator, family=cast.family, member=adult)


def add(cast, circle, nickname="Mum", kind="kin", **fields):
    return actions.add_tie(by=cast.coordinator, circle=circle, nickname=nickname, kind=kind, **fields)


def finish(cast, circle, day=None):
    return actions.finish_circle(by=cast.coordinator, circle=circle, drawn_on=day or london_today())


def days(number):
    return dt.timedelta(days=number)


def drawn(cast, circle):
    return circle_page(cast.coordinator, circle, offers=False).drawn


def asked(user, today=None):
    return [need.reason for need in to_ask(user, today or london_today(), 20).needs]


def test_first_circle_is_empty_and_waits_to_be_finished(cast, adult):
    circle = start(cast, adult)

    assert (circle.organisation, circle.member, circle.drawn_with) == (cast.here, adult, cast.coordinator)
    assert (circle.is_finished, circle.ask_on) == (False, london_today() + days(14))
    assert AuditEvent.objects.get(verb="circle.started").target_label == cast.family.reference


def test_circle_begun_twice_is_one(cast, adult):
    assert start(cast, adult) == start(cast, adult)


@pytest.mark.parametrize("role", ["child", "helper"])
def test_nobody_but_an_adult_of_the_home_draws_one(cast, role):
    with pytest.raises(CircleRefused):
        start(cast, factories.member(cast.family, "Zayn", role=role))


def test_adult_who_left_or_is_of_another_family_draws_none_here(cast, adult):
    type(adult).objects.filter(pk=adult.pk).update(left_on=london_today())
    for member in (adult, cast.other_family.members.get(role="parent")):
        with pytest.raises(CircleRefused):
            start(cast, member)


def test_who_coordinates_nothing_here_begins_none(cast, adult):
    with pytest.raises(PermissionDenied):
        actions.start_circle(by=cast.volunteer, family=cast.family, member=adult)


@pytest.mark.parametrize(
    ("kind", "formal"), [("kin", False), ("community", False), ("service", True), ("programme", True)]
)
def test_whether_it_is_a_job_goes_by_the_kind_unless_said(cast, adult, kind, formal):
    circle = start(cast, adult)

    assert add(cast, circle, kind=kind).formal is formal
    assert add(cast, circle, "Sis", kind=kind, formal=not formal).formal is not formal


def test_same_sent_twice_is_one_and_another_of_that_name_is_refused(cast, adult):
    circle = start(cast, adult)

    assert add(cast, circle, strength=3) == add(cast, circle, strength=3)
    with pytest.raises(CircleRefused) as refusal:
        add(cast, circle, "mum", kind="friend")
    assert set(refusal.value.error_dict) == {"nickname"}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"nickname": ""}, "nickname"),
        ({"kind": "boss"}, "kind"),
        ({"strength": 4}, "strength"),
        ({"helps": ["money"]}, "helps"),
    ],
)
def test_what_cannot_be_drawn_is_refused(cast, adult, fields, named):
    circle = start(cast, adult)
    with pytest.raises(CircleRefused) as refusal:
        actions.add_tie(by=cast.coordinator, circle=circle, **{"nickname": "Mum", "kind": "kin"} | fields)

    assert set(refusal.value.error_dict) == {named}
    assert not CircleTie.objects.exists()


def test_circle_has_room_for_thirty(cast, adult):
    circle = start(cast, adult)
    for number in range(30):
        factories.circle_tie(circle, f"Nr {number}")

    with pytest.raises(CircleRefused, match="room for 30"):
        add(cast, circle)


def test_audit_never_says_who_is_in_it(cast, adult):
    tie = add(cast, start(cast, adult), "Bilqis")
    actions.change_tie(by=cast.coordinator, tie=tie, version=1, nickname="Bilqis B", kind="kin", strength=1)

    for event in AuditEvent.objects.filter(verb__startswith="circle."):
        assert "Bilqis" not in f"{event.target_label} {event.details}"


def test_new_circle_begins_as_the_last_one_with_who_knows_whom(cast, adult):
    circle = start(cast, adult)
    mum = add(cast, circle, strength=3, gives=True, helps=["company"], since="school")
    add(cast, circle, "Sis", knows={mum.who})
    actions.take_out_tie(by=cast.coordinator, tie=add(cast, circle, "Ex"))
    finish(cast, circle)

    again = start(cast, adult)

    assert [(tie.nickname, tie.who) for tie in again.ties.order_by("pk")] == [
        (tie.nickname, tie.who) for tie in circle.ties.standing().order_by("pk")
    ]
    copied = again.ties.get(nickname="Mum")
    assert (copied.strength, copied.gives, copied.helps, copied.since) == (3, True, ["company"], "school")
    assert CircleLink.objects.filter(circle=again).count() == 1
    circle.refresh_from_db()
    assert circle.ask_on is None


def test_comparison_says_who_was_kept_gained_lost_and_grew_closer_and_agrees_with_the_measures(cast, adult):
    first = start(cast, adult)
    for nickname in ("hv", "mum", "sis", "vol"):
        add(cast, first, nickname, strength=1)
    finish(cast, first, london_today() - days(100))
    circle = start(cast, adult)
    for nickname in ("group", "nbr", "nursery"):
        add(cast, circle, nickname)
    actions.take_out_tie(by=cast.coordinator, tie=circle.ties.get(nickname="vol"))
    mum = circle.ties.get(nickname="mum")
    actions.change_tie(by=cast.coordinator, tie=mum, version=1, nickname="Ammi", kind="kin", strength=3)

    change = drawn(cast, circle).change

    assert (change.since, sorted(change.kept)) == (london_today() - days(100), ["Ammi", "hv", "sis"])
    assert (sorted(change.gained), change.lost, change.closer) == (["group", "nbr", "nursery"], ["vol"], ["Ammi"])
    measured = circle_figures(cast.coordinator, circle).change
    names = {tie.who: tie.nickname for tie in CircleTie.objects.order_by("circle")}
    assert sorted(names[who] for who in measured.kept) == sorted(change.kept)
    assert sorted(names[who] for who in measured.gained) == sorted(change.gained)
    assert [names[who] for who in measured.lost] == change.lost
    assert [names[who] for who in measured.strengthened] == change.closer
    assert measured.overlap == pytest.approx(0.4286, abs=1e-4)


def test_somebody_who_was_gone_and_came_back_is_the_same_one(cast, adult):
    first = start(cast, adult)
    who = add(cast, first, "Jo", kind="friend").who
    finish(cast, first, london_today() - days(200))
    second = start(cast, adult)
    actions.take_out_tie(by=cast.coordinator, tie=second.ties.get())
    finish(cast, second, london_today() - days(100))
    third = start(cast, adult)

    assert add(cast, third, "JO", kind="friend").who == who
    assert drawn(cast, third).change.gained == ["JO"]


def test_taken_out_and_put_back_is_where_it_was_with_whom_it_knows(cast, adult):
    circle = start(cast, adult)
    mum = add(cast, circle)
    sis = add(cast, circle, "Sis", knows={mum.who})
    actions.take_out_tie(by=cast.coordinator, tie=mum)
    assert [line.name for line in drawn(cast, circle).ecomap.lines] == ["Sis"]
    actions.change_tie(by=cast.coordinator, tie=sis, version=1, nickname="Sister", kind="kin")
    actions.take_out_tie(by=cast.coordinator, tie=mum, back=True)

    page = drawn(cast, circle)
    assert [line.name for line in page.ecomap.lines] == ["Mum", "Sister"]
    assert page.known_by(mum) == [str(sis.who)]


def test_whom_they_know_can_be_said_otherwise_from_both_sides(cast, adult):
    circle = start(cast, adult)
    mum, sis, bev = (add(cast, circle, name) for name in ("Mum", "Sis", "Bev"))
    said = {"by": cast.coordinator, "version": 1, "kind": "kin"}
    actions.change_tie(tie=mum, nickname="Mum", knows={sis.who, bev.who, mum.who}, **said)
    actions.change_tie(tie=sis, nickname="Sis", knows={bev.who}, **said)

    pairs = {frozenset((link.one.nickname, link.other.nickname)) for link in CircleLink.objects.all()}
    assert pairs == {frozenset(("Mum", "Bev")), frozenset(("Sis", "Bev"))}


def test_change_of_what_somebody_else_changed_meanwhile_is_not_lost_silently(cast, adult):
    tie = add(cast, start(cast, adult))
    actions.change_tie(by=cast.coordinator, tie=tie, version=1, nickname="Mum", kind="kin", strength=3)
    with pytest.raises(StaleEdit):
        actions.change_tie(by=cast.coordinator, tie=tie, version=1, nickname="Mum", kind="kin", strength=0)


def test_earlier_circle_stays_as_it_was(cast, adult):
    first = start(cast, adult)
    tie = add(cast, first)
    finish(cast, first)
    start(cast, adult)

    for refused in (
        lambda: add(cast, first, "Sis"),
        lambda: actions.change_tie(by=cast.coordinator, tie=tie, version=1, nickname="Mum", kind="kin", strength=0),
        lambda: actions.take_out_tie(by=cast.coordinator, tie=tie),
        lambda: finish(cast, first),
        lambda: actions.put_off_circle(by=cast.coordinator, circle=first),
    ):
        with pytest.raises(CircleRefused, match="newer"):
            refused()


@pytest.mark.parametrize("ago", [-1, 366, 11])
def test_circle_is_not_of_a_day_to_come_nor_long_ago_nor_before_the_last(cast, adult, ago):
    finish(cast, start(cast, adult), london_today() - days(10))
    circle = start(cast, adult)
    with pytest.raises(CircleRefused) as refusal:
        finish(cast, circle, london_today() - days(ago))

    assert set(refusal.value.error_dict) == {"drawn_on"}


def test_circle_taken_back_leaves_the_last_one_as_it_was(cast, adult):
    first = finish(cast, start(cast, adult), london_today() - days(120))
    actions.take_back_circle(by=cast.coordinator, circle=start(cast, adult))

    first.refresh_from_db()
    assert first.ask_on == first.drawn_on + days(105)
    assert asked(cast.coordinator) == ["look at Amina’s circle again"]
    with pytest.raises(CircleRefused, match="finished"):
        actions.take_back_circle(by=cast.coordinator, circle=first)
    assert start(cast, adult).pk > first.pk


def test_it_is_asked_after_fifteen_weeks_until_drawn_again_or_put_off(cast, adult):
    circle = finish(cast, start(cast, adult))
    due = london_today() + days(105)
    assert not asked(cast.coordinator, due - days(1))
    assert asked(cast.coordinator, due) == ["look at Amina’s circle again"]

    actions.put_off_circle(by=cast.coordinator, circle=circle)
    Circle.objects.update(ask_on=london_today())
    assert asked(cast.coordinator)
    again = start(cast, adult)
    assert not asked(cast.coordinator)
    assert asked(cast.coordinator, london_today() + days(14)) == ["Amina’s circle is not finished"]
    assert again.ask_on == london_today() + days(14)


@pytest.mark.parametrize("change", ["left", "silent", "ended", "other service"])
def test_nobody_is_reminded_of_a_family_they_are_not_with_now(cast, adult, change):
    finish(cast, start(cast, adult))
    Circle.objects.update(ask_on=london_today())
    user = cast.other_coordinator if change == "other service" else cast.coordinator
    if change == "left":
        type(adult).objects.update(left_on=london_today())
    if change == "silent":
        type(cast.family).objects.update(silent_since="2026-01-01T10:00Z")
    if change == "ended":
        cast.family.supports.update(state="ended_planned", ended_on=london_today())

    assert not asked(user)


def test_figures_of_a_circle_are_told_with_and_without_us_and_warn_of_leaning(cast, adult):
    first = start(cast, adult)
    for nickname in ("Mum", "Sis"):
        add(cast, first, nickname, strength=2)
    finish(cast, first, london_today() - days(100))
    circle = start(cast, adult)
    actions.take_out_tie(by=cast.coordinator, tie=circle.ties.get(nickname="Sis"))
    for nickname in ("Vera", "Carys"):
        add(cast, circle, nickname, kind="programme", strength=3)

    figures = circle_figures(cast.coordinator, circle)

    assert (figures.now.everyone.size, figures.now.without.size) == (3, 1)
    assert [day.everyone.size for day in figures.line] == [2, 3]
    assert figures.leans
    assert figures.now.without == networks.network([networks.Alter("Mum", strength=2)])


def test_circles_of_one_person_in_two_records_go_on_as_one(cast, adult):
    cast.other_family.supports.update(state="ended_planned", ended_on=london_today())
    theirs = cast.other_family.members.get(role="parent")
    old = factories.circle(theirs, cast.coordinator, days_ago=200)
    factories.circle_tie(old, "Mum")
    ours = finish(cast, start(cast, adult))

    merge_families(
        by=cast.coordinator,
        kept=cast.family,
        merged=cast.other_family,
        name="Amina",
        reason="The same.",
        same_people=[(adult.pk, theirs.pk)],
    )

    ours.refresh_from_db()
    page = circle_page(cast.coordinator, ours, offers=False)
    assert [each.pk for each in page.earlier] == [old.pk]
    assert page.drawn.change.lost == ["Mum"]


def test_adult_reads_their_own_circle_and_never_another_adults(cast, adult):
    other = add_member(by=cast.coordinator, family=cast.family, display_name="Tom", role="parent")
    mine, theirs = (factories.circle(member, cast.coordinator) for member in (adult, other))
    for circle in (mine, theirs):
        one, two = factories.circle_tie(circle), factories.circle_tie(circle, "Sis")
        CircleLink.objects.create(circle=circle, family=cast.family, one=one, other=two)

    with acting_as(Scope.FAMILY, None, adult_id=adult.pk):
        assert list(Circle.objects.all()) == [mine]
        assert {tie.circle_id for tie in CircleTie.objects.all()} == {mine.pk}
        assert {link.circle_id for link in CircleLink.objects.all()} == {mine.pk}
    Circle.objects.filter(pk=mine.pk).update(taken_back_at=dt.datetime.now(dt.UTC))
    with acting_as(Scope.FAMILY, None, adult_id=adult.pk):
        assert not CircleTie.objects.exists()
