"""Drawing somebody's circle of support with them, and going through it again some months later."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.models import AlterKind, Circle, CircleLink, CircleTie, Family, FamilyMember, HelpKind, MemberRole
from families.models.circle import ASK_AGAIN, FINISH_WITHIN, FORMAL_KINDS, MOST_TIES
from families.models.known import acts_for

DRAWN_BY = frozenset({MemberRole.PARENT, MemberRole.OTHER_ADULT})


class CircleRefused(ValidationError):
    """This cannot be drawn so. `error_dict` has the sentences by field."""


@transaction.atomic
def start_circle(*, by: User, family: Family, member: FamilyMember) -> Circle:
    """Begin a circle with one adult, from the last one where there is one, and give it. One under way is given.

    Writes "circle.started". Raises CircleRefused for somebody who is no adult of this family now, PermissionDenied
    where `by` coordinates nothing here.
    """
    organisation = acts_for(by, family)
    # Two taps at once are one: the second waits here and then finds the first.
    member = FamilyMember.objects.select_for_update(of=("self",)).get(pk=member.pk)
    if member.role not in DRAWN_BY or member.left_on or member.family_id != family.pk:
        raise CircleRefused(_("A circle is drawn by an adult who is part of this family."))
    last = Circle.objects.standing().filter(member=member, organisation=organisation).latest_first().first()
    if last and not last.is_finished:
        return last
    today = max(london_today(), last.drawn_on) if last else london_today()
    circle = Circle.objects.create(
        family=family,
        organisation_id=organisation,
        member=member,
        drawn_on=today,
        drawn_with=by,
        ask_on=today + FINISH_WITHIN,
    )
    if last:
        _carry_over(last, circle)
        save_edit(last, version=last.version, ask_on=None)
    _record(by, circle, "circle.started")
    return circle


def _carry_over(last: Circle, circle: Circle) -> None:
    """The new circle begins as the last one ended: the same people, and who of them know each other."""
    rows = {}
    for tie in last.ties.standing():
        rows[tie.pk] = CircleTie(circle=circle, family_id=circle.family_id, **_told(tie))
    CircleTie.objects.bulk_create(rows.values())
    CircleLink.objects.bulk_create(
        CircleLink(circle=circle, family_id=circle.family_id, one=rows[link.one_id], other=rows[link.other_id])
        for link in last.links.all()
        if link.one_id in rows and link.other_id in rows
    )


def _told(tie: CircleTie) -> dict[str, Any]:
    names = ("who", "nickname", "kind", "formal", "strength", "strained", "gives", "receives", "helps", "since")
    return {name: getattr(tie, name) for name in names}


@transaction.atomic
def add_tie(*, by: User, circle: Circle, knows: Collection[uuid.UUID] = (), **fields: Any) -> CircleTie:
    """Put somebody into a circle, and give the row. `knows`: `who` of those in it whom they know.

    Fields are those of CircleTie; whether it is their job goes by the kind, unless said. The same sent twice is one.
    Somebody of that name who was in it before is the same one again. Writes "circle.tie_added". Raises CircleRefused.
    """
    circle = _open(circle)
    told = _checked(fields)
    ties = list(circle.ties.all())
    standing = [tie for tie in ties if not tie.taken_out_at]
    if same := _called(standing, told["nickname"]):
        if all(getattr(same, name) == value for name, value in told.items()):
            return same
        raise CircleRefused({"nickname": _already(same)})
    if len(standing) >= MOST_TIES:
        raise CircleRefused(
            _("There is room for %(most)d in one circle. Take somebody out first.") % {"most": MOST_TIES}
        )
    before = _called([tie for tie in ties if tie.taken_out_at], told["nickname"])
    if before:
        row = before
        save_edit(row, version=row.version, taken_out_at=None, **told)
    else:
        who = _who_before(circle, told["nickname"], {tie.who for tie in ties})
        row = CircleTie.objects.create(circle=circle, family_id=circle.family_id, who=who, **told)
    _link(row, knows)
    _record(by, circle, "circle.tie_added")
    return row


@transaction.atomic
def change_tie(
    *, by: User, tie: CircleTie, version: int, knows: Collection[uuid.UUID] = (), **fields: Any
) -> CircleTie:
    """Say otherwise of somebody in a circle. Writes "circle.tie_changed". Raises CircleRefused, StaleEdit."""
    circle = _open(tie.circle)
    told = _checked(fields)
    if same := _called(circle.ties.standing().exclude(pk=tie.pk), told["nickname"]):
        raise CircleRefused({"nickname": _already(same)})
    changed = save_edit(tie, version=version, **told)
    if _link(tie, knows) or changed:
        _record(by, circle, "circle.tie_changed", fields=sorted(changed))
    return tie


@transaction.atomic
def take_out_tie(*, by: User, tie: CircleTie, back: bool = False) -> CircleTie:
    """Somebody is no longer part of a circle; or, `back`, is after all. Twice is the same as once.

    Writes "circle.tie_taken_out" or "circle.tie_put_back". Raises CircleRefused, StaleEdit.
    """
    circle = _open(tie.circle)
    if back and (same := _called(circle.ties.standing().exclude(pk=tie.pk), tie.nickname)):
        raise CircleRefused(_already(same))
    if bool(tie.taken_out_at) is back:
        save_edit(tie, version=tie.version, taken_out_at=None if back else timezone.now())
        _record(by, circle, "circle.tie_put_back" if back else "circle.tie_taken_out")
    return tie


@transaction.atomic
def finish_circle(*, by: User, circle: Circle, drawn_on: dt.date) -> Circle:
    """The adult says: this is how it is. It is asked again after fifteen weeks. Writes "circle.finished".

    Raises CircleRefused for a day to come, before the circle that came before, or longer ago than a year.
    """
    circle = _open(circle)
    before = before_this(circle)
    if drawn_on > london_today():
        raise CircleRefused({"drawn_on": _("This day has not come yet.")})
    if drawn_on < london_today() - dt.timedelta(days=365):
        raise CircleRefused({"drawn_on": _("Choose a day of the past year.")})
    if before and drawn_on < before.drawn_on:
        raise CircleRefused({"drawn_on": _("There is a circle of a later day already.")})
    fields = {"drawn_on": drawn_on, "ask_on": drawn_on + ASK_AGAIN}
    first = {} if circle.is_finished else {"finished_at": timezone.now()}
    if save_edit(circle, version=circle.version, **fields, **first):
        _record(by, circle, "circle.finished")
    return circle


@transaction.atomic
def take_back_circle(*, by: User, circle: Circle) -> Circle:
    """It was begun by mistake: the one before it holds, and is asked again when it was due.

    Writes "circle.taken_back". Raises CircleRefused for one that is finished.
    """
    circle = _open(circle)
    if circle.is_finished:
        raise CircleRefused(_("This circle is finished. Change what is not right in it."))
    save_edit(circle, version=circle.version, taken_back_at=timezone.now(), ask_on=None)
    if before := before_this(circle):
        save_edit(before, version=before.version, ask_on=before.drawn_on + ASK_AGAIN)
    _record(by, circle, "circle.taken_back")
    return circle


@transaction.atomic
def put_off_circle(*, by: User, circle: Circle) -> Circle:
    """They would rather not draw one now: it is asked again fifteen weeks from today. Writes "circle.put_off"."""
    circle = _open(circle)
    if save_edit(circle, version=circle.version, ask_on=london_today() + ASK_AGAIN):
        _record(by, circle, "circle.put_off")
    return circle


def before_this(circle: Circle) -> Circle | None:
    """The finished circle of the same adult that came before, with the same organisation."""
    rows = Circle.objects.standing().filter(member=circle.member_id, organisation=circle.organisation_id)
    earlier = Q(drawn_on__lt=circle.drawn_on) | Q(drawn_on=circle.drawn_on, pk__lt=circle.pk)
    return rows.filter(earlier, finished_at__isnull=False).latest_first().first()


def _open(circle: Circle) -> Circle:
    """The circle, held until the end, if it may still be changed: the latest of its adult, not taken back."""
    circle = Circle.objects.select_for_update(of=("self",)).get(pk=circle.pk)
    if circle.taken_back_at:
        raise CircleRefused(_("This circle was taken back as begun by mistake."))
    rows = Circle.objects.standing().filter(member=circle.member_id, organisation=circle.organisation_id)
    if rows.latest_first().values_list("pk", flat=True).first() != circle.pk:
        raise CircleRefused(_("A newer circle was begun since. This one stays as it was."))
    return circle


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    errors = {}
    if not fields.get("nickname"):
        errors["nickname"] = _("Write what you call them.")
    if fields.get("kind") not in AlterKind.values:
        errors["kind"] = _("Choose who they are.")
    if fields.get("strength") not in (None, 0, 1, 2, 3):
        errors["strength"] = _("Choose how close it is.")
    if not set(fields.get("helps", ())) <= set(HelpKind.values):
        errors["helps"] = _("Choose from the list.")
    if errors:
        raise CircleRefused(errors)
    formal = fields.get("formal")
    return fields | {"formal": fields["kind"] in FORMAL_KINDS if formal is None else formal}


def _called(ties: Any, nickname: str) -> CircleTie | None:
    """Whoever of them has this nickname, in large or small letters."""
    return next((tie for tie in ties if tie.nickname.casefold() == nickname.casefold()), None)


def _already(tie: CircleTie) -> str:
    sentence = _("“{name}” is in the circle already. Give this one another name, or change that one.")
    return sentence.format(name=tie.nickname)


def _who_before(circle: Circle, nickname: str, taken: Collection[uuid.UUID]) -> uuid.UUID:
    """Somebody of that name in any earlier circle of this adult is the same one come back; else somebody new."""
    rows = CircleTie.objects.filter(
        circle__member=circle.member_id, circle__organisation=circle.organisation_id, circle__taken_back_at=None
    )
    same = _called(rows.exclude(who__in=taken).order_by("-circle__drawn_on", "-pk"), nickname)
    return same.who if same else uuid.uuid4()


def _link(tie: CircleTie, knows: Collection[uuid.UUID]) -> bool:
    """Let it stand that of those in the circle they know these and nobody else; whether that changed anything."""
    others = dict(tie.circle.ties.standing().exclude(pk=tie.pk).values_list("who", "pk"))
    wanted = {pk for who, pk in others.items() if who in knows}
    links = {
        link.other_id if link.one_id == tie.pk else link.one_id: link
        for link in CircleLink.objects.filter(
            Q(one=tie, other__in=others.values()) | Q(other=tie, one__in=others.values())
        )
    }
    for other in set(links) - wanted:
        links[other].delete()
    CircleLink.objects.bulk_create(
        CircleLink(circle_id=tie.circle_id, family_id=tie.family_id, one=tie, other_id=other)
        for other in sorted(wanted - set(links))
    )
    return wanted != set(links)


def _record(by: User, circle: Circle, verb: str, **details: Any) -> None:
    """Never who is in it: that is theirs to tell."""
    family = circle.family
    record(by=by, verb=verb, target=circle, label=family.reference, family_id=family.pk, details=details)
