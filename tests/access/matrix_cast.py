"""What the cast of the access matrix has beside its people: one row of each kind here, and one far away."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.test import Client
from django.utils import timezone

from betterstart.access.models import Organisation, User
from betterstart.clock import london_today
from betterstart.lexicon.models import FairWordingPrompt
from betterstart.links.actions import give_link
from betterstart.links.purposes import register_purpose
from families.actions.calendar import give_calendar
from families.actions.merge import merge_families
from families.imports.running import start_import
from families.models import (
    Address,
    BreakGlass,
    ContactChange,
    Cover,
    Family,
    FamilyMerge,
    HouseholdFlag,
    KeptApart,
    LeadContact,
    NhsNumber,
    OtherAgency,
    Relationship,
)
from tests import factories
from tests.access.answer_rows import add_answers
from tests.access.checks_rows import add_checks
from tests.access.circle_rows import add_circles
from tests.access.directory_rows import add_directory
from tests.access.joint_plan_rows import add_joint_plans
from tests.access.match_rows import add_matches
from tests.access.money_rows import add_money
from tests.access.people_rows import add_people
from tests.access.plan_rows import add_plans
from tests.access.profile_rows import add_nevers
from tests.access.review_rows import add_reviews
from tests.access.signing_in import prove
from tests.access.supervision_rows import add_talks
from volunteers.models import CallRequest


def add_rows(cast: SimpleNamespace) -> None:
    cast.prompt = FairWordingPrompt.objects.first()
    cast.invitation = factories.invitation(cast.here, by=cast.administrator, token="here")
    cast.far_invitation = factories.invitation(cast.elsewhere, token="elsewhere")
    due = london_today() + dt.timedelta(days=30)
    cast.unborn = factories.member(cast.family, "Baby", role="unborn", due_date=due)
    cast.far_unborn = factories.member(cast.far_family, "Baby", role="unborn", due_date=due)
    for family in (cast.family, cast.far_family):
        factories.contact(family.members.get(role="parent"))
        factories.address(family)
        baby = family.members.get(role="unborn")
        Relationship.objects.create(
            family=family, person=family.members.get(role="parent"), relative=baby, kind="parent"
        )
        known = {"family": family, "organisation": family.organisation}
        KeptApart.objects.create(**known, name="Karim", reason="A court says so.", written_by=cast.coordinator)
        hide_from_everybody(family, cast.elsewhere if family == cast.family else cast.here)
        OtherAgency.objects.create(**known, role="midwife")
        HouseholdFlag.objects.create(**known, flag="lone_parent", source="GP", told_on=london_today())
        NhsNumber.objects.create(**known, member=baby, number="9434765919", gateway="Agreement")
    cast.run = start_import(by=cast.coordinator, organisation=cast.here, file_name="a.csv", content=b"Ref,Name\n1,A")
    cast.far_run = start_import(
        by=cast.other_coordinator, organisation=cast.elsewhere, file_name="b.csv", content=b"Ref,Name\n1,B"
    )
    now = timezone.now()
    cast.opening = BreakGlass.objects.create(
        family=cast.other_family, user=cast.lead, reason="A call from school", expires_at=now + dt.timedelta(hours=1)
    )
    cast.visit = factories.visit(cast.family, cast.volunteer, state="planned")
    cast.far_visit = factories.visit(cast.far_family, cast.other_coordinator, state="planned")
    cast.check_in = factories.check_in(factories.visit(cast.family, cast.volunteer, days_ago=3, state="checked_in"))
    cast.far_check_in = factories.check_in(
        factories.visit(cast.far_family, cast.other_coordinator, days_ago=3, state="checked_in")
    )
    cast.turn_to, cast.handover_line = factories.ending_lines(cast.family, cast.coordinator)
    cast.far_turn_to, cast.far_handover_line = factories.ending_lines(cast.far_family, cast.other_coordinator)
    add_nevers(cast)
    add_transfers(cast)
    days = {"starts_on": london_today(), "ends_on": due}
    cora, fern = (factories.user(name, "coordinator", at) for name, at in (("Cora", cast.home), ("Fern", cast.far)))
    cast.cover = Cover.objects.create(away=cora, held_by=cast.coordinator, asked_by=cora, **days)
    cast.far_cover = Cover.objects.create(away=fern, held_by=cast.other_coordinator, asked_by=fern, **days)
    cast.waiting = factories.family(cast.home, "Wanda", "waiting")
    cast.far_waiting = factories.family(cast.far, "Wilma", "waiting")
    add_together(cast)
    register_purpose("matrix", "health")
    cast.link = give_link(by=None, purpose="matrix", subject_id=1, lasts=dt.timedelta(days=1))
    cast.calendar = give_calendar(by=cast.volunteer)
    cast.referral = factories.referral(cast.home)
    cast.question = factories.question(cast.referral, cast.coordinator)
    cast.far_referral = factories.referral(cast.far)
    cast.far_question = factories.question(cast.far_referral, cast.other_coordinator)
    for here, service, family in (("", cast.home, cast.family), ("far_", cast.far, cast.far_family)):
        group = factories.group(service, entry="drop_in", run_by=(cast.volunteer,) if not here else ())
        setattr(cast, f"{here}group", group)
        setattr(cast, f"{here}booking", factories.booking(group, family, "waitlisted"))
    add_directory(cast)
    add_circles(cast)
    add_plans(cast)
    add_joint_plans(cast)
    add_reviews(cast)
    add_checks(cast)
    add_people(cast)
    add_matches(cast)
    add_answers(cast)
    add_talks(cast)
    add_money(cast)
    cast.joined = joined_into(cast.family, cast.coordinator)
    cast.far_joined = joined_into(cast.far_family, cast.other_coordinator)
    for here, family, by in (("", cast.family, cast.coordinator), ("far_", cast.far_family, cast.other_coordinator)):
        adult = factories.member(family, "Parvin", "parent")
        setattr(cast, f"{here}own_page", factories.own_page(adult, by))
    cast.call = CallRequest.objects.create(volunteer=cast.volunteer_row)


CANARY = "Canary Row 77"
CANARY_POSTCODE = "BD99 7ZZ"


def hide_from_everybody(family: Family, told: Organisation) -> None:
    """Where a family hides, told to an organisation that is not with it any more: from now nobody may read it."""
    hidden = {"lines": CANARY, "postcode": CANARY_POSTCODE, "access_notes": CANARY, "source": CANARY}
    Address.objects.create(family=family, kind="confidential", organisation=told, **hidden)
    family.refresh_search_text()


def add_transfers(cast: SimpleNamespace) -> None:
    """One that is begun here and there, and one that is sent each way."""
    ours, theirs = (cast.home, cast.coordinator), (cast.far, cast.other_coordinator)
    pairs = (("transfer", ours, cast.far, "proposed"), ("far_transfer", theirs, cast.home, "proposed"))
    pairs += (("going", ours, cast.far, "sent"), ("coming", theirs, cast.home, "sent"))
    for name, (service, by), to_service, state in pairs:
        family = {"transfer": cast.family, "far_transfer": cast.far_family}.get(name)
        family = family or factories.family(service, "Dina")
        setattr(cast, name, factories.transfer(family.supports.get(), to_service, by, state))
    for row, by in ((cast.going, cast.other_coordinator), (cast.coming, cast.coordinator)):
        row.questions.create(family=row.family, question="Which days?", asked_by=by)


def joined_into(family: Family, by: User) -> FamilyMerge:
    merged = factories.family(family.supports.get().service, "Dora", state="ended_planned")
    return merge_families(by=by, kept=family, merged=merged, name=family.name, reason="The same mother.")


def add_together(cast: SimpleNamespace) -> None:
    """What each side was told by another organisation, and is asked to be."""
    for name, family in (("", cast.family), ("far_", cast.far_family)):
        support, contact = family.supports.get(), family.contact_methods.get()
        change = ContactChange.objects.create(family=family, support=support, contact=contact, kind="added")
        setattr(cast, f"{name}change", change)
        setattr(cast, f"{name}asked", LeadContact.objects.create(family=family, support=support))


def session_of(person: User) -> str:
    """The key of a session in which they have just typed their password."""
    client = Client()
    client.force_login(person)
    prove(client)
    return str(client.session.session_key)
