"""What the demonstration knows of its people beyond their names: who they are to each other, what helps, who else is
with them, what was told, and griefs. By number alone, so that it changes nobody's name or visits."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from betterstart.access.demo import World
from families.actions.personal import PersonalRefused, clean_nhs_number
from families.models import (
    AccessNeed,
    AgencyRole,
    EthnicGroup,
    Family,
    FamilyMember,
    Flag,
    FlagAnswer,
    HouseholdFlag,
    Kin,
    MayContact,
    MemberRole,
    NhsNumber,
    OtherAgency,
    Personal,
    PregnancyOutcome,
    Relationship,
    SharedCare,
    Status,
    StatutoryStatus,
)
from families.models.family import fold
from families.models.private import OWN_WORD_GROUPS

SOURCES = ["the health visitor, with the referral", "the midwife, by phone", "the family hub"]
AGENCIES = [
    (AgencyRole.HEALTH_VISITOR, "Horton health visitors", "Jo Bell"),
    (AgencyRole.GP, "Lister Park Surgery", ""),
    (AgencyRole.SOCIAL_WORKER, "Bradford children’s services", "Tariq Ali"),
    (AgencyRole.NURSERY, "Little Acorns", ""),
]
# The families in which a pregnancy of the demonstration ended, and how.
LOSSES = {
    19: PregnancyOutcome.LOSS,
    27: PregnancyOutcome.STILLBIRTH,
    35: PregnancyOutcome.ENDED,
    43: PregnancyOutcome.UNKNOWN,
}
BEREAVED, BORN_LATELY = 40, 16
SHARING, SHARED_WITH = 5, 6


class Closer:
    """Collects the rows for families that are not saved yet, linked in memory."""

    def __init__(self, world: World, families: list[Family], members: list[FamilyMember]) -> None:
        self.world, self.today = world, world.today
        self.rows: dict[type[Any], list[Any]] = defaultdict(list)
        self.people: dict[int, list[FamilyMember]] = defaultdict(list)
        self.personal: dict[int, Personal] = {}
        for member in members:
            self.people[id(member.family)].append(member)
        for number, family in enumerate(families):
            people = self.people[id(family)]
            self._talking(number, family, people)
            self._kin(number, family, people)
            self._around(number, family, people)
            self._described(number, people)
            self._grief(number, family, people)
        if len(families) > SHARED_WITH:
            self._share(families[SHARING], families[SHARED_WITH])

    def _talking(self, number: int, family: Family, people: list[FamilyMember]) -> None:
        carer = people[0]
        carer.languages = [{"code": family.language, "speaks": True, "reads": number % 4 != 1, "preferred": True}]
        if family.language != "en":
            carer.languages.append({"code": "en", "speaks": number % 3 > 0, "reads": False, "preferred": False})
        if family.interpreter_needed:
            carer.interpreter, carer.interpreter_gender = "language", "woman" if number % 2 else ""
        if number % 6 == 2:
            needs = (AccessNeed.values[number % len(AccessNeed)], AccessNeed.MORE_TIME.value)
            carer.access_needs = list(dict.fromkeys(needs))
        if number % 24 == 2:
            carer.access_notes = "Text the day before with the time, and what we will do."

    def _kin(self, number: int, family: Family, people: list[FamilyMember]) -> None:
        carer, children = people[0], [member for member in people if member.is_child]
        for child in children:
            self._relate(family, carer, child, Kin.PARENT, responsibility="yes", lives_with="yes")
        for other in people[1:]:
            if other.role == MemberRole.PARENT and number % 10 == 4:
                self._relate(
                    family,
                    carer,
                    other,
                    Kin.FORMER_PARTNER,
                    lives_with="no",
                    contact_restriction="Sees the children at the contact centre only, every second Saturday.",
                    court_order_note="Child arrangements order, a copy is in the locked cabinet.",
                )
            elif other.role == MemberRole.PARENT:
                self._relate(family, carer, other, Kin.PARTNER, lives_with="yes")
            elif other.role == MemberRole.HELPER and children:
                self._relate(family, other, children[-1], Kin.GRANDPARENT, lives_with="no")

    def _relate(self, family: Family, person: FamilyMember, relative: FamilyMember, kind: Kin, **fields: Any) -> None:
        row = Relationship(family=family, person=person, relative=relative, kind=kind, **fields)
        self.rows[Relationship].append(row)

    def _around(self, number: int, family: Family, people: list[FamilyMember]) -> None:
        role, agency, name = AGENCIES[number % len(AGENCIES)]
        answer = MayContact.values[number % 3]
        asked_on = None if answer == MayContact.NOT_ASKED else self.today - dt.timedelta(days=20 + number % 40)
        self.rows[OtherAgency].append(
            OtherAgency(
                family=family,
                organisation_id=family.organisation_id,
                role=role,
                agency=agency,
                person_name=name,
                contact="01274 496 0100",
                may_contact=answer,
                asked_on=asked_on,
            )
        )
        if number % 3 == 1:
            told_on = self.today - dt.timedelta(days=60 + number % 90)
            said = FlagAnswer.values[(number // 3) % 3]
            self.rows[HouseholdFlag].append(
                HouseholdFlag(
                    family=family,
                    organisation_id=family.organisation_id,
                    flag=Flag.values[(number // 3) % len(Flag)],
                    source=SOURCES[number % len(SOURCES)],
                    told_on=told_on,
                    answer=said,
                    answered_on=told_on + dt.timedelta(days=21) if said else None,
                )
            )
        children = [member for member in people if member.role == MemberRole.CHILD]
        if number % 9 == 4 and children:
            self._decided(number, family, children[0])

    def _decided(self, number: int, family: Family, child: FamilyMember) -> None:
        assert child.date_of_birth is not None  # noqa: S101  (every child of the demonstration has one)
        since = max(child.date_of_birth, self.today - dt.timedelta(days=200))
        for status in dict.fromkeys([Status.EARLY_HELP, Status.values[(number // 9) % len(Status)]]):
            told = {"organisation_id": family.organisation_id, "source": "the social worker"}
            row = StatutoryStatus(member=child, family=family, status=status, since=since, **told)
            self.rows[StatutoryStatus].append(row)
            since = min(self.today, since + dt.timedelta(days=90))
        try:
            digits = f"99900{number:04d}"
            check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True)) % 11
            kept = clean_nhs_number(f"{digits}{check % 11}")
        except PersonalRefused:  # about one number in eleven has no check digit
            return
        self.rows[NhsNumber].append(
            NhsNumber(
                member=child,
                family=family,
                organisation_id=family.organisation_id,
                number=kept,
                gateway="Sharing agreement with the health visitors",
            )
        )

    def _described(self, number: int, people: list[FamilyMember]) -> None:
        if number % 2:
            group = EthnicGroup.values[(number // 2) % len(EthnicGroup)]
            words = "Kashmiri" if group == "5" else "as my mother says, a bit of everything"
            row = self._personal(people[0])
            row.gender, row.ethnic_group = "woman", group
            row.ethnic_words = words if group in OWN_WORD_GROUPS else ""
        if number == BORN_LATELY:
            child = next(member for member in people if member.role == MemberRole.CHILD)
            child.due_date = child.date_of_birth
            self._personal(child).pregnancy_outcome = PregnancyOutcome.LIVE_BIRTH

    def _grief(self, number: int, family: Family, people: list[FamilyMember]) -> None:
        long_ago = 110 if number in (27, 43) else 0
        noted_on = self.today - dt.timedelta(days=3 + number % 5 + long_ago)
        person = None
        if number in LOSSES:
            person = next((member for member in people if member.role == MemberRole.UNBORN), None)
        elif number == BEREAVED:
            person = next((member for member in people[1:] if member.role == MemberRole.PARENT), None)
        if person is None:
            return
        row = self._personal(person)
        row.grief_noted_at = family.silent_since = self.world.moment(noted_on, 16)
        person.left_on = noted_on
        if person.role == MemberRole.UNBORN:
            row.pregnancy_outcome = LOSSES[number]
        else:
            row.died_on = noted_on

    def _share(self, family: Family, other: Family) -> None:
        """A child who is part of two families: its row is in the first, and its name in the search of both."""
        child = next(member for member in self.people[id(family)] if member.role == MemberRole.CHILD)
        child.is_shared = True
        since = self.today - dt.timedelta(days=40)
        self.rows[SharedCare].append(SharedCare(member=child, family=other, since=since))
        other.search_text += f" {fold(child.display_name)}"

    def _personal(self, member: FamilyMember) -> Personal:
        if id(member) not in self.personal:
            whose = {"family": member.family, "organisation_id": member.family.organisation_id}
            self.personal[id(member)] = Personal(member=member, **whose)
            self.rows[Personal].append(self.personal[id(member)])
        return self.personal[id(member)]
