"""Read-only: the list of people an administrator looks after, and what devices are signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Invitation, Membership, MembershipQuerySet, Service, User

ROWS = 30


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_key: int | None = None


def people_page(
    by: User, *, ended: bool, q: str = "", role: str = "", service: Service | None = None, after: int | None = None
) -> Page:
    """People with an active role in the organisations one administers, or those without one any more; by name.

    Each comes with `shown_memberships`: what they hold there now. `after` is the last person of the page before.
    """
    here = Membership.objects.administered_by(by)
    held = here.active()
    people = User.objects.filter(pk__in=_narrow(here if ended else held, role, service).values("user"))
    if ended:
        people = people.exclude(pk__in=held.values("user"))
    if q:
        people = people.matching(q)
    people = people.annotate(sort_name=Lower("display_name"))
    last = people.filter(pk=after).values("sort_name").first() if after else None
    if last:
        name = Value(last["sort_name"])
        people = people.filter(Q(sort_name__gt=name) | Q(sort_name=name, pk__gt=after))
    shown = held.select_related("organisation", "service").order_by("starts_at", "pk")
    people = people.prefetch_related(Prefetch("memberships", shown, to_attr="shown_memberships"))
    return _cut(people.order_by("sort_name", "pk"))


def invitations_page(
    by: User, *, q: str = "", role: str = "", service: Service | None = None, after: int | None = None
) -> Page:
    """Invitations not used yet and not taken back, newest first; expired ones too, since they can be sent again."""
    invitations = Invitation.objects.visible_to(by).filter(accepted_at=None, revoked_at=None)
    if q:
        invitations = invitations.filter(Q(display_name__icontains=q) | Q(email__icontains=q))
    if after:
        invitations = invitations.filter(pk__lt=after)
    invitations = invitations.select_related("organisation", "service").order_by("-pk")
    return _cut(_narrow(invitations, role, service))


def _narrow(rows: QuerySet, role: str, service: Service | None) -> QuerySet:
    if role:
        rows = rows.filter(role=role)
    if service:
        rows = rows.filter(Q(service=service) | Q(service=None, organisation=service.organisation_id))
    return rows


def _cut(rows: QuerySet) -> Page:
    found = list(rows[: ROWS + 1])
    return Page(found[:ROWS], found[ROWS - 1].pk if len(found) > ROWS else None)


def ended_together(by: User, person: User) -> MembershipQuerySet:
    """The roles that ended last, all at the same moment: what "End access now" took away."""
    over = Membership.objects.administered_by(by).filter(user=person, ends_at__lte=timezone.now())
    last = over.order_by("-ends_at").values("ends_at")[:1]
    return over.filter(ends_at=last).select_related("organisation", "service").order_by("pk")


def sessions_of(person: User) -> list[UserSession]:
    """Sessions that are still open, latest first, each with `device` in words."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    sessions = list(UserSession.objects.filter(user=person, session_key__in=living).order_by("-last_seen_at"))
    for session in sessions:
        session.device = device_words(session.user_agent)
    return sessions


_BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]
_SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
]


def device_words(user_agent: str) -> str:
    """ "Chrome on Android": enough to know one's own phone again."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _("A browser"))
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser
