"""Two records of one family become one, and two again where that was a mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record
from families.actions.merge_people import (
    MergeRefused,
    Pairs,
    Staying,
    both_texts,
    check_descent,
    check_pairs,
    fill_people,
    what_stays_behind,
)
from families.actions.merge_rows import Moves, StillWriting, columns_that_move, lock_families, take_back
from families.models import (
    Address,
    Draft,
    Family,
    FamilyMember,
    FamilyMerge,
    LeadContact,
    LeadState,
    MergeUndo,
    NotTheSame,
    Support,
    Visit,
)
from families.models.family import fold
from families.models.support import OPEN_STATES


class SameFamily(MergeRefused):
    """A family cannot be joined with itself."""


class SomebodyWriting(MergeRefused):
    """Others are writing about one of the two in this moment."""


class AlreadyJoined(MergeRefused):
    """One of the two is part of another family already."""


class NotYoursToJoin(MergeRefused):
    """Only who coordinates both, in every organisation that supports them, joins two records."""


class OpenInBoth(MergeRefused):
    """Both are in the same service now, which a family can be in only once."""


class CannotHoldBoth(MergeRefused):
    """Both records have something of which a family has only one."""


class AlreadyApart(MergeRefused):
    """This was taken apart before."""


class JoinedOn(MergeRefused):
    """The kept family has been joined into another one since: that must be undone first."""


@transaction.atomic
def merge_families(
    *, by: User, kept: Family, merged: Family, name: str, reason: str, same_people: Sequence[tuple[int, int]] = ()
) -> FamilyMerge:
    """Join the record `merged` into `kept`, and give the row by which it can be taken apart again.

    `name` is what the family is called from now. `same_people`: ids of members of `kept` and of `merged` who are one
    person; the one of `kept` stays and takes over what was not known of them. All that belongs to `merged` moves, but
    people, numbers and addresses that are there already, and unfinished forms for which there is another. The stricter
    contact rule wins; silence in one is silence in both. Writes "family.joined" for both.

    Raises SameFamily, AlreadyJoined, NotYoursToJoin, OpenInBoth, PeopleDoNotFit, CannotHoldBoth,
    SomebodyWriting.
    """
    if kept.pk == merged.pk:
        raise SameFamily(_("This is one record already."))
    with acting_as(Scope.ALL, by.pk):
        _wait_for_writers(kept.pk, merged.pk)
        kept, merged = Family.objects.get(pk=kept.pk), Family.objects.get(pk=merged.pk)
        _check_families(by, kept, merged)
        pairs = check_pairs(kept, merged, same_people)
        moves = Moves()
        names = _names(merged)
        fill_people(moves, pairs)
        _free_references(moves, kept, merged)
        _one_lead(moves, kept, merged)
        _turn(moves, kept, merged, pairs)
        check_descent(kept)
        was_silent = kept.silent_since
        merge = FamilyMerge.objects.create(
            kept=kept,
            merged=merged,
            merged_into_id=kept.pk,
            merged_reference=merged.reference,
            merged_name=merged.name,
            names=names,
            people=[[ours.pk, theirs.pk] for ours, theirs in pairs],
            reason=reason,
            by=by,
            moved=moves.moved,
        )
        _change_family(moves, kept, merged, name)
        MergeUndo.objects.create(merge=merge, changed=moves.changed)
        kept.refresh_search_text()
        _record(by, "family.joined", merge, reason)
        if kept.silent_since and not was_silent:
            record(by=by, verb="family.silenced", target=kept, label=kept.reference, family_id=kept.pk)
    return merge


@transaction.atomic
def separate_families(*, by: User, merge: FamilyMerge, reason: str) -> FamilyMerge:
    """Take apart what was joined: exactly what moved goes back, and with it what came since under it.

    A visit of a support that goes back goes along; a new number of somebody who stays, stays. A field the merge filled
    in or made stricter is as it was before, where nobody has changed it since; silence, once begun, stays. Writes
    "family.separated" for both. Raises AlreadyApart, JoinedOn, NotYoursToJoin, SomebodyWriting.
    """
    with acting_as(Scope.ALL, by.pk):
        _wait_for_writers(merge.kept_id, merge.merged_id)
        merge = FamilyMerge.objects.select_for_update(of=("self",)).select_related("kept", "merged").get(pk=merge.pk)
        if merge.is_undone:
            raise AlreadyApart(_("These records were taken apart before. Nothing was changed."))
        if merge.went_on:
            raise JoinedOn(_("This family was joined with another one since. Take that apart first; then this can be."))
        moved: list[int] = next((move["ids"] for move in merge.moved if move["model"] == Support._meta.label), [])
        ours = Support.objects.coordinated_by(by)
        if not (ours.filter(family=merge.kept).exists() and ours.filter(pk__in=moved).exists()):
            raise NotYoursToJoin(_("Only somebody who coordinates both records can take them apart."))
        take_back(merge)
        merge.undone_at, merge.undone_by, merge.undone_reason = timezone.now(), by, reason
        merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        for family in Family.objects.filter(pk__in=[merge.kept_id, merge.merged_id]):
            family.refresh_search_text()
        _record(by, "family.separated", merge, reason)
    return merge


@transaction.atomic
def say_not_the_same(*, by: User, family: Family, other: Family) -> None:
    """Two families that look alike are two: they are not proposed again. Saying so twice changes nothing.

    Writes "family.told_apart" for both. Raises SameFamily, NotYoursToJoin.
    """
    if family.pk == other.pk:
        raise SameFamily(_("This is one record already."))
    if Family.objects.coordinated_by(by).filter(pk__in=[family.pk, other.pk]).count() != 2:
        raise NotYoursToJoin(_("Only somebody who coordinates both families can say this."))
    try:
        with transaction.atomic():
            row = NotTheSame.objects.create(family=family, other=other, by=by)
    except IntegrityError:
        return
    for each in (family, other):
        record(by=by, verb="family.told_apart", target=row, label=each.reference, family_id=each.pk)


def _wait_for_writers(*family_ids: int) -> None:
    try:
        lock_families(*family_ids)
    except StillWriting as busy:
        raise SomebodyWriting(
            _("Somebody is writing about one of these families just now. Nothing was changed. Please try again.")
        ) from busy


def _check_families(by: User, kept: Family, merged: Family) -> None:
    joined = FamilyMerge.objects.standing().filter(merged__in=[kept, merged]).select_related("kept").first()
    if joined:
        raise AlreadyJoined(
            _("The record %(old)s is now part of %(family)s. Nothing was changed.")
            % {"old": joined.merged_reference, "family": joined.kept.in_words}
        )
    if Family.objects.coordinated_by(by).filter(pk__in=[kept.pk, merged.pk]).count() != 2:
        raise NotYoursToJoin(_("Only somebody who coordinates both families can join them."))
    supports = Support.objects.filter(family__in=[kept, merged])
    here = Service.objects.coordinated_by(by).values("organisation")
    # Not which of the two, nor by whom: that another organisation supports a family is the family's to tell.
    if supports.exclude(service__organisation__in=here).exists():
        raise NotYoursToJoin(
            _("These two can only be joined by somebody who coordinates in every organisation they are with.")
        )
    twice = _open_services(kept) & _open_services(merged)
    if twice:
        raise OpenInBoth(
            _("Both are in %(service)s now. End one of these two supports first; all it holds is kept.")
            % {"service": ", ".join(sorted(twice))}
        )


def _open_services(family: Family) -> set[str]:
    return {str(support.service) for support in family.supports.filter(state__in=OPEN_STATES).select_related("service")}


def _names(merged: Family) -> list[str]:
    people = merged.members.values_list("display_name", "known_as")
    return list(dict.fromkeys(filter(None, [merged.name, *(name for pair in people for name in pair)])))


def _free_references(moves: Moves, kept: Family, merged: Family) -> None:
    """A reference of an old system counts once in a family; where both records use it, it stays with the kept one."""
    for model in (FamilyMember, Support, Visit):
        rows: models.QuerySet[Any] = model._base_manager.exclude(external_reference="")
        taken = rows.filter(family=kept).values("external_reference")
        for row in rows.filter(family=merged, external_reference__in=taken):
            moves.change(row, external_reference="")


def _one_lead(moves: Moves, kept: Family, merged: Family) -> None:
    """A family tells its story to one person and asks one service at a time: those of the kept record stay it."""
    for state, then in ((LeadState.ACCEPTED, LeadState.OVER), (LeadState.ASKED, LeadState.WITHDRAWN)):
        if LeadContact.objects.filter(family=kept, state=state).exists():
            for lead in LeadContact.objects.filter(family=merged, state=state):
                moves.change(lead, state=then)


def _staying(moves: Moves, kept: Family, merged: Family, pairs: Pairs) -> Staying:
    """Rows of the joined record that say nothing the kept one does not say too, or of which there is only one."""
    taken = set(Draft.objects.filter(family=kept).values_list("user_id", "purpose"))
    told_apart = NotTheSame.objects.annotate(low=Least("family", "other"), high=Greatest("family", "other"))
    known = {other for row in told_apart.filter(_about(kept)) for other in (row.family_id, row.other_id)}
    return what_stays_behind(moves, kept, merged, pairs) | {
        Address: set(_same_addresses(kept, merged)),
        Draft: {draft.pk for draft in Draft.objects.filter(family=merged) if (draft.user_id, draft.purpose) in taken},
        NotTheSame: {
            row.pk for row in told_apart.filter(_about(merged)) if {row.family_id, row.other_id} - {merged.pk} <= known
        },
    }


def _about(family: Family) -> models.Q:
    return models.Q(family=family) | models.Q(other=family)


def _same_addresses(kept: Family, merged: Family) -> dict[int, int]:
    """Addresses of the joined record that the kept one has too, with those that stand for them."""

    def place(address: Address) -> tuple[str, str, str, str]:
        return address.kind, fold(address.lines), address.postcode, address.access_notes

    here = {place(address): address for address in kept.addresses.current()}
    for (kind, lines, postcode, _notes), address in list(here.items()):
        here.setdefault((kind, lines, postcode, ""), address)  # ours says more
    theirs = [address for address in merged.addresses.current() if place(address) in here]
    return {address.pk: here[place(address)].pk for address in theirs}


def _turn(moves: Moves, kept: Family, merged: Family, pairs: Pairs) -> None:
    """Everything that points at the joined record, and at its people who are one with somebody of the kept one."""
    try:
        with transaction.atomic():
            staying = _staying(moves, kept, merged, pairs)
            left_behind = {model: ids for model, ids in staying.items() if model is not FamilyMember}
            for ours, theirs in pairs:
                moves.turn(columns_that_move(FamilyMember), theirs.pk, ours.pk, left_behind)
            for double, same in _same_addresses(kept, merged).items():
                moves.turn(columns_that_move(Address), double, same, {})
            moves.turn(columns_that_move(Family), merged.pk, kept.pk, staying)
    except IntegrityError as error:
        raise CannotHoldBoth(
            _("Both records hold something of which a family has only one, so they cannot be joined yet.")
        ) from error


def _change_family(moves: Moves, kept: Family, merged: Family, name: str) -> None:
    """What the kept record says from now. Silence is no change to be taken back: it ends when somebody ends it."""
    # A death only the other record knew of may have silenced it a moment ago, by the database's own hand.
    kept.refresh_from_db(fields=["silent_since"])
    silences = [family.silent_since for family in (kept, merged) if family.silent_since]
    kept.silent_since = min(silences, default=None)
    moves.change(
        kept,
        name=name,
        language=kept.language or merged.language,
        interpreter_needed=kept.interpreter_needed or merged.interpreter_needed,
        safety_notes=both_texts(kept.safety_notes, merged.safety_notes),
    )
    kept.save(update_fields=["silent_since", "updated_at"])


def _record(by: User, verb: str, merge: FamilyMerge, reason: str) -> None:
    for family, other in ((merge.kept, merge.merged), (merge.merged, merge.kept)):
        record(
            by=by,
            verb=verb,
            target=merge,
            label=family.reference,
            family_id=family.pk,
            reason=reason,
            details={"kept": merge.kept.reference, "joined": merge.merged_reference, "other": other.reference},
        )
