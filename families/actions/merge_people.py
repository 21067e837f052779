"""People who are in two records of one family: who is who, and what then is there twice.

A person of the kept record takes over what only the other record knew of them. Rows that would say nothing more, or
of which there can be only one, stay behind; where two disagree the more careful one counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.clock import london_today
from families.actions.merge_rows import Moves
from families.actions.relationship import descendants
from families.models import (
    ContactMethod,
    EthnicGroup,
    Family,
    FamilyMember,
    GroupAttendance,
    HouseholdFlag,
    LivesWith,
    MayContact,
    NhsNumber,
    OtherAgency,
    Personal,
    Relationship,
    Responsibility,
    SharedCare,
    SharingPermission,
)
from families.models.contact import as_reached, strictest
from families.models.family import fold
from families.models.member import ADULT_ROLES, MemberRole
from families.models.relationship import DESCENT

Pairs = Sequence[tuple[FamilyMember, FamilyMember]]
Staying = dict[type, Collection[int]]
Same = Mapping[int, int]
"""For each person of the joined record who is in the kept one too: who they are there."""


class MergeRefused(ValidationError):
    """These records cannot be joined, or taken apart, as they are now. Has a sentence that says what to do first."""


class PeopleDoNotFit(MergeRefused):
    """These two cannot be one person."""


def check_pairs(kept: Family, merged: Family, same_people: Sequence[tuple[int, int]]) -> Pairs:
    """Who is who, checked: of these families, each once, and not a child in one and an adult in the other."""
    ours, theirs = who_is_only_in(kept, merged), who_is_only_in(merged, kept)
    if not all(one in ours and other in theirs for one, other in same_people):
        raise PeopleDoNotFit(_("Somebody in these families was changed meanwhile. Please look at them again."))
    if any(len(set(side)) < len(side) for side in zip(*same_people, strict=True)):
        raise PeopleDoNotFit(_("One person of a record can be only one person of the other."))
    pairs = [(ours[one], theirs[other]) for one, other in same_people]
    for one, other in pairs:
        _check_pair(one, other)
    return pairs


def who_is_only_in(family: Family, other: Family) -> dict[int, FamilyMember]:
    """A family's own people by id; not a child whom both families share, who is one person already."""
    return family.home_members.exclude(shares__family=other).in_bulk()


def _check_pair(one: FamilyMember, other: FamilyMember) -> None:
    if MemberRole.UNBORN in {one.role, other.role} and one.role != other.role:
        raise PeopleDoNotFit(
            _("%(name)s is not born yet in one of the records. Record the birth there first.") % {"name": one}
        )
    if (one.role in ADULT_ROLES) != (other.role in ADULT_ROLES):
        raise PeopleDoNotFit(
            _("%(name)s is a child in one record and an adult in the other. Put that right first.") % {"name": one}
        )
    numbers = NhsNumber.objects.filter(member__in=[one, other]).values_list("number", flat=True)
    if len(set(numbers)) > 1:
        raise PeopleDoNotFit(
            _("%(name)s has another NHS number in each record. These are two people, or one number is wrong.")
            % {"name": one}
        )


FILLED = ("known_as", "pronunciation", "pronouns", "due_date", "languages", "left_on")


def fill_people(moves: Moves, pairs: Pairs) -> None:
    """What was known of a person in the other record only. That they left, or need something, is never forgotten."""
    for ours, theirs in pairs:
        known = _missing(ours, theirs, FILLED)
        if ours.date_of_birth is None:
            known |= {"date_of_birth": theirs.date_of_birth, "birth_precision": theirs.birth_precision}
        if not ours.interpreter or (theirs.needs_interpreter and not ours.needs_interpreter):
            known |= {"interpreter": theirs.interpreter, "interpreter_gender": theirs.interpreter_gender}
        known["access_needs"] = list(dict.fromkeys([*ours.access_needs, *theirs.access_needs]))
        known["access_notes"] = both_texts(ours.access_notes, theirs.access_notes)
        moves.change(ours, **known)


def _missing(ours: Any, theirs: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(theirs, name) for name in names if not getattr(ours, name)}


def both_texts(one: str, other: str) -> str:
    """What both say, one below the other, and once where they say the same."""
    return "\n".join(dict.fromkeys(filter(None, [one, other])))


def what_stays_behind(moves: Moves, kept: Family, merged: Family, pairs: Pairs) -> Staying:
    """By table, rows about people that do not go over. What they knew is filled in on those that stand for them."""
    same = {theirs.pk: ours.pk for ours, theirs in pairs}
    return {
        FamilyMember: set(same),
        ContactMethod: _same_contacts(moves, kept, merged, same),
        Personal: _same_personal(moves, same),
        NhsNumber: _with_one_already(NhsNumber, same).keys(),
        SharedCare: _shares_of_nothing(moves, kept, merged, same),
        Relationship: _same_relationships(moves, kept, merged, same),
        OtherAgency: _same_agencies(moves, kept, merged, same),
        HouseholdFlag: _same_flags(moves, kept, merged),
        GroupAttendance: _same_attendances(moves, same),
    }


def _same_contacts(moves: Moves, kept: Family, merged: Family, same: Same) -> set[int]:
    """Every number both records have takes the stricter rules. Those of one person, in use in both, stay behind."""
    alike: defaultdict[tuple[str, str], list[ContactMethod]] = defaultdict(list)
    for contact in ContactMethod.objects.filter(family__in=[kept, merged]):
        if reached := as_reached(contact.channel, contact.value):
            alike[contact.channel, reached].append(contact)
    staying = set()
    for contacts in alike.values():
        if len({contact.family_id for contact in contacts}) < 2:
            continue
        rules = strictest(contacts)
        used = {each.member_id: each for each in contacts if each.family_id == kept.pk and not each.valid_to}
        for contact in contacts:
            twin = used.get(same.get(contact.member_id, 0))
            if contact.family_id == merged.pk and not contact.valid_to and twin:
                staying.add(contact.pk)
                for change in contact.changes.all():
                    moves.change(change, contact_id=twin.pk)
            else:
                moves.change(contact, **rules)
    return staying


def _with_one_already(model: Any, same: Same) -> dict[int, tuple[Any, Any]]:
    """Of what each organisation keeps once of a person: rows of the joined record beside the kept record's, by id."""
    rows = model._base_manager.filter(member__in=[*same, *same.values()])
    here = {(row.member_id, row.organisation_id): row for row in rows}
    both = ((here.get((same.get(row.member_id), row.organisation_id)), row) for row in rows)
    return {theirs.pk: (ours, theirs) for ours, theirs in both if ours}


NOT_ANSWERED = (EthnicGroup.NOT_ASKED, EthnicGroup.NOT_KNOWN)


def _same_personal(moves: Moves, same: Same) -> set[int]:
    """A grief that one record knows of is a grief; what nobody was asked yet is what the other record says."""
    twice = _with_one_already(Personal, same)
    for ours, theirs in twice.values():
        known = _missing(ours, theirs, ("gender", "pregnancy_outcome", "died_on", "grief_noted_at"))
        if ours.ethnic_group in NOT_ANSWERED and theirs.ethnic_group != EthnicGroup.NOT_ASKED:
            known |= {"ethnic_group": theirs.ethnic_group, "ethnic_words": theirs.ethnic_words}
        moves.change(ours, **known)
    return set(twice)


def _shares_of_nothing(moves: Moves, kept: Family, merged: Family, same: Same) -> set[int]:
    """A child the two records shared belongs to one family from now, and is shared with a third one at most once.

    What is over stays behind in the joined record: no family has had the child twice.
    """
    people = Q(member__in=[*same, *same.values()]) | Q(member__family__in=[kept, merged])
    shares = SharedCare.objects.in_force().filter(people | Q(family__in=[kept, merged])).select_related("member")
    now, seen, over = london_today(), set(), set()
    shared: defaultdict[int, bool] = defaultdict(bool)
    for share in sorted(shares, key=lambda each: (each.member_id in same, each.family_id == merged.pk, each.pk)):
        child = same.get(share.member_id, share.member_id)
        family, home = (kept.pk if each == merged.pk else each for each in (share.family_id, share.member.family_id))
        shared[child] |= family != home
        if family == home or (child, family) in seen:
            moves.change(share, until=max(now, share.since), family_id=merged.pk)
            over.add(share.pk)
        seen.add((child, family))
    for member in FamilyMember.objects.filter(pk__in=shared):
        moves.change(member, is_shared=shared[member.pk])
    return over


def _same_relationships(moves: Moves, kept: Family, merged: Family, same: Same) -> set[int]:
    """What two people are to each other is said once. Limits and orders that either record knows of all hold."""
    here = {frozenset({row.person_id, row.relative_id}): row for row in kept.relationships.in_force()}
    staying = set()
    for row in merged.relationships.in_force():
        person, relative = (same.get(each, each) for each in (row.person_id, row.relative_id))
        ours = here.get(frozenset({person, relative}))
        if ours is None:
            continue
        known: dict[str, Any] = {
            name: both_texts(getattr(ours, name), getattr(row, name))
            for name in ("contact_restriction", "court_order_note")
        }
        if ours.lives_with == LivesWith.UNKNOWN:
            known["lives_with"] = row.lives_with
        if (ours.kind, ours.person_id) == (row.kind, person) and ours.responsibility == Responsibility.UNKNOWN:
            known["responsibility"] = row.responsibility
        moves.change(ours, **known)
        staying.add(row.pk)
    return staying


def _same_agencies(moves: Moves, kept: Family, merged: Family, same: Same) -> set[int]:
    """The same midwife in both. Where one record says that we may not contact her, we may not."""

    def who(row: OtherAgency) -> tuple[Any, ...]:
        about = same.get(row.member_id, row.member_id) if row.member_id else None
        return row.organisation_id, row.role, about, fold(row.agency), fold(row.person_name), fold(row.contact)

    here = {who(row): row for row in kept.agencies.current()}
    staying = set()
    for row in merged.agencies.current():
        if ours := here.get(who(row)):
            careful = min((ours, row), key=lambda each: CAREFUL_FIRST.index(MayContact(each.may_contact)))
            moves.change(ours, may_contact=careful.may_contact, asked_on=careful.asked_on)
            moves.turn([(SharingPermission, SharingPermission._meta.get_field("agency"))], row.pk, ours.pk, {})
            staying.add(row.pk)
    return staying


CAREFUL_FIRST = (MayContact.NO, MayContact.NOT_ASKED, MayContact.YES)


def _same_flags(moves: Moves, kept: Family, merged: Family) -> set[int]:
    """What one referrer told on one day is kept once; the family's answer counts wherever it was given."""

    def told(row: HouseholdFlag) -> tuple[Any, ...]:
        return row.organisation_id, row.flag, row.source, row.told_on

    here = {told(row): row for row in kept.flags.all()}
    staying = set()
    for row in merged.flags.all():
        if ours := here.get(told(row)):
            if not ours.answer:
                moves.change(ours, answer=row.answer, answered_on=row.answered_on)
            staying.add(row.pk)
    return staying


def _same_attendances(moves: Moves, same: Same) -> set[int]:
    """Somebody who was signed in at one session under both records came once."""
    rows = GroupAttendance.objects.filter(member__in=[*same, *same.values()])
    here = {(row.member_id, row.session_id): row for row in rows}
    staying = set()
    for row in rows:
        if ours := here.get((same.get(row.member_id, 0), row.session_id)):
            if ours.undone_at:
                moves.change(ours, undone_at=row.undone_at, arrived_at=row.arrived_at)
            moves.change(row, undone_at=row.undone_at or timezone.now())
            staying.add(row.pk)
    return staying


def check_descent(kept: Family) -> None:
    """Nobody is their own forebear, once both records' relationships are one family's. Raises PeopleDoNotFit."""
    rows = kept.relationships.in_force().filter(kind__in=DESCENT).select_related("person")
    pairs = [(row.person_id, row.relative_id) for row in rows]
    for row in rows:
        if row.person_id in descendants(row.person_id, pairs):
            raise PeopleDoNotFit(
                _("With both records together %(name)s would be their own forebear. Put that right first.")
                % {"name": row.person}
            )
