from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from betterstart.access.models import Organisation, User
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.directory.models import Entry
from betterstart.transitions.models import Transition
from families.models import (
    AlterKind,
    Answer,
    BookingState,
    ChangeState,
    Circle,
    CircleLink,
    CircleTie,
    ContactChange,
    ContactMethod,
    DataChoice,
    Disclosure,
    Doer,
    EthnicGroup,
    Family,
    FamilyMember,
    FamilyReply,
    FlagAnswer,
    Given,
    Goal,
    GoalState,
    GroupBooking,
    HouseholdFlag,
    HowItGoes,
    LeadContact,
    LeadState,
    MatchAnswer,
    MayContact,
    Named,
    OtherAgency,
    OwnWords,
    Personal,
    PlanAction,
    Pointing,
    PregnancyOutcome,
    Referral,
    ReferralState,
    Relationship,
    ReplyKind,
    ReplyState,
    Review,
    ReviewState,
    Score,
    SharedCare,
    SharingPermission,
    Signpost,
    SignpostResult,
    Stage,
    Strength,
    Support,
    SupportState,
    Transfer,
    TransferState,
    Visit,
    VisitNeeds,
    Wording,
)
from volunteers.models import (
    CheckIn,
    LookedAgain,
    Match,
    MatchDecision,
    MatchView,
    NeverWith,
    Volunteer,
    VolunteerProfile,
)

pytestmark = pytest.mark.django_db


def build(**options) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def fingerprint() -> list[tuple]:
    return list(Family.objects.order_by("pk").values_list("reference", "name", "uuid", "search_text"))


def test_demo_has_every_state_and_the_awkward_names():
    build(families=60)

    assert set(Support.objects.values_list("state", flat=True)) == set(SupportState.values)
    assert set(Referral.objects.values_list("state", flat=True)) == set(ReferralState.values)
    assert set(Transfer.objects.values_list("state", flat=True)) == set(TransferState.values)
    assert set(GroupBooking.objects.values_list("state", flat=True)) == set(BookingState.values)
    assert set(ContactChange.objects.values_list("state", flat=True)) == set(ChangeState.values)
    assert set(LeadContact.objects.values_list("state", flat=True)) == set(LeadState.values)
    assert set(Support.objects.values_list("may_be_named", flat=True)) == set(Named.values)
    assert Volunteer.objects.exclude(user=None).count() == 43
    assert (
        Family.objects.filter(name__regex="[\u0600-\u06ff]").exists()
        or FamilyMember.objects.filter(display_name__regex="[\u0600-\u06ff]").exists()
    )
    assert FamilyMember.objects.filter(role="unborn", due_date__isnull=False).exists()
    assert ContactMethod.objects.filter(channel="phone", may_leave_message=False).exists()
    outcomes = Personal.objects.exclude(pregnancy_outcome="").values_list("pregnancy_outcome", flat=True)
    assert set(outcomes) == set(PregnancyOutcome.values)
    assert set(Personal.objects.values_list("ethnic_group", flat=True)) == set(EthnicGroup.values)
    assert set(HouseholdFlag.objects.values_list("answer", flat=True)) == set(FlagAnswer.values)
    assert set(OtherAgency.objects.values_list("may_contact", flat=True)) == set(MayContact.values)
    assert SharedCare.objects.in_force().get().member.is_shared
    assert Personal.objects.filter(died_on__isnull=False, family__silent_since__isnull=False).exists()
    goodbye = Visit.objects.delivered().filter(purpose="last").values("support")
    assert not Visit.objects.planned().filter(support__in=goodbye).exists()
    assert CheckIn.objects.to_read().filter(worry="yes").exists()
    assert CheckIn.objects.filter(may_share_line=True).exists()
    assert set(Signpost.objects.values_list("result", flat=True)) == {"", *SignpostResult.values}
    assert set(Signpost.objects.values_list("how", flat=True)) == set(Pointing.values)
    assert set(Goal.objects.values_list("state", flat=True)) == set(GoalState.values)
    assert set(Score.objects.values_list("given", flat=True)) == set(Given.values)
    assert set(Score.objects.values_list("stage", flat=True)) == set(Stage.values)
    assert {"en", "ur", "pl", "ar"} <= set(OwnWords.objects.filter(kind="goal").values_list("language", flat=True))
    assert OwnWords.objects.exclude(translation="").exists()
    assert set(PlanAction.objects.values_list("doer", flat=True)) == set(Doer.values)
    assert set(CircleTie.objects.values_list("kind", flat=True)) == set(AlterKind.values)
    assert set(CircleTie.objects.values_list("strength", flat=True)) == {None, *Strength.values}
    assert CircleTie.objects.filter(strained=True).exists()
    assert CircleLink.objects.exists()
    assert Circle.objects.filter(finished_at=None).exists()
    assert Circle.objects.filter(ask_on__lte=london_today()).exists()
    assert set(FamilyReply.objects.values_list("kind", flat=True)) == set(ReplyKind.values)
    assert set(FamilyReply.objects.values_list("state", flat=True)) == set(ReplyState.values)
    assert set(FamilyReply.objects.values_list("language", flat=True)) == {"en", "ur", "pl"}
    assert Entry.objects.filter(gone_on__isnull=False).exists()
    assert Entry.objects.own().exists()
    assert set(DataChoice.objects.values_list("answer", flat=True)) == set(Answer.values)
    assert set(SharingPermission.objects.values_list("what", flat=True)) >= {"hand_on", "talk"}
    soon = timezone.now() + dt.timedelta(days=30)
    assert SharingPermission.objects.filter(expires_at__gt=timezone.now(), expires_at__lt=soon).exists()
    assert set(Disclosure.objects.values_list("family_told", flat=True)) == {"no", "before"}
    assert Wording.objects.filter(by__isnull=False).exists()
    assert set(Review.objects.values_list("state", flat=True)) == set(ReviewState.values)
    assert set(HowItGoes.objects.values_list("answer", flat=True)) == set(MatchAnswer.values)
    assert MatchView.objects.exists()
    assert MatchDecision.objects.filter(match=None).exists()
    assert LookedAgain.objects.exists()
    assert set(VisitNeeds.objects.values_list("at_home__len", flat=True)) >= {None, 0, 1}
    assert set(NeverWith.objects.values_list("said_by", flat=True)) == {"family", "volunteer"}
    assert VolunteerProfile.objects.filter(offered_as="man").exists()
    looked_at = Support.objects.filter(state="active", started_on__isnull=False, service__review_every_weeks__gt=0)
    assert set(looked_at.values_list("pk", flat=True)) <= set(Review.objects.open().values_list("support", flat=True))
    assert not Review.objects.open().exclude(support__state__in=["active", "paused"]).exists()


def test_demo_gives_one_working_login_for_each_role():
    build(families=15)
    lines = build(logins=True).strip().splitlines()[: len(Role)]

    assert len(lines) == len(Role)
    for line in lines:
        email = next(word for word in line.split() if "@" in word)
        person = User.objects.get(email=email)
        assert person.check_password("kind words travel")
        assert person.active_memberships


def test_demo_leads_to_a_parents_own_page_by_the_latest_link_alone(client):
    build()
    before, now = [build(logins=True).strip().splitlines()[-1].split() for _time in range(2)]

    assert client.get(before[-2], follow=True).status_code == 404
    client.get(now[-2])
    entered = client.post("/our-page/open/", {"code": now[-1], "device": "own"}, follow=True)
    assert "What we are working on" in entered.content.decode()


def test_demo_run_twice_adds_nothing():
    build(families=15)
    before = fingerprint()

    assert "nothing was added" in build(families=15)
    assert fingerprint() == before


def test_demo_is_the_same_partnership_every_time():
    seen = []
    for _attempt in range(2):
        with transaction.atomic():
            build(families=15, today=None)
            seen.append([row[:2] for row in fingerprint()])
            transaction.set_rollback(True)

    assert seen[0] == seen[1]


def test_demo_copies_point_at_their_own_family_keep_triggers_and_hand_out_new_ids():
    build(families=301)

    assert Family.objects.count() == 450
    assert Organisation.objects.count() == 6
    assert Family.objects.values("reference").distinct().count() == 450
    assert not Visit.objects.exclude(family_id=F("support__family_id")).exists()
    assert not Relationship.objects.exclude(family_id=F("person__family_id")).exists()
    assert not Personal.objects.exclude(family_id=F("member__family_id")).exists()
    assert SharedCare.objects.values("member").distinct().count() == Organisation.objects.count() // 2
    assert not Match.objects.exclude(assignment=None).exclude(assignment__worker_id=F("volunteer__user_id")).exists()
    assert not Referral.objects.exclude(family=None).exclude(family_id=F("support__family_id")).exists()
    assert (
        not Transition.objects.filter(machine="referral").exclude(subject_id__in=Referral.objects.values("pk")).exists()
    )
    # The two organisations of a copy share some families; no copy reaches into another.
    copy_of = {pk: n // 2 for n, pk in enumerate(Organisation.objects.order_by("pk").values_list("pk", flat=True))}
    sides = Support.objects.values_list("service__organisation_id", "family__organisation_id")
    assert all(copy_of[service] == copy_of[family] for service, family in sides)
    for machine, model in (("contact_change", ContactChange), ("lead", LeadContact)):
        assert not model.objects.exclude(family_id=F("support__family_id")).exists()
        moves = Transition.objects.filter(machine=machine)
        assert moves.exists()
        assert not moves.exclude(subject_id__in=model.objects.values("pk")).exists()
    assert not Transfer.objects.exclude(family_id=F("support__family_id")).exists()
    assert not Transfer.objects.filter(new_support__isnull=False).exclude(family=F("new_support__family")).exists()
    moves = Transition.objects.filter(machine="transfer")
    assert not moves.exclude(subject_id__in=Transfer.objects.values("pk")).exists()
    copied = Family.objects.order_by("-pk").first()
    assert Family.objects.matching(copied.reference).first() == copied

    row = Family.objects.create(organisation=copied.organisation, name="Later")

    assert row.pk > copied.pk
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from families_familyevent where pgh_obj_id = %s", [row.pk])
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("number", [0, -1, 1_000_001])
def test_demo_refuses_an_impossible_number_of_families(number):
    with pytest.raises(CommandError, match="from 1 to"):
        build(families=number)
