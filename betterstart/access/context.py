"""What every page knows: where the person may go, who they are, and what is unusual about this installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from betterstart.access.forms import language_choices
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.translations import is_draft

# The platform names the apps' pages by URL name only.
NAVIGATION = (
    (Permission.TODAY_VIEW, "families:today", _("Today"), "today"),
    (Permission.MY_VISITS_VIEW, "volunteers:my-visits", _("My visits"), "visit"),
    (Permission.REFERRAL_TRIAGE, "families:referral-list", _("Referrals"), "inbox"),
    (Permission.TODAY_VIEW, "families:list", _("Families"), "families"),
    (Permission.GROUP_RUN, "families:group-list", _("Groups"), "group"),
    (Permission.CHECK_IN_READ, "volunteers:check-in-list", _("Check-ins"), "check-in"),
    (Permission.MATCH_MANAGE, "volunteers:list", _("Volunteers"), "volunteers"),
    (Permission.VOLUNTEER_SUSPEND, "volunteers:everybody", _("Volunteers"), "volunteers"),
    (Permission.METRICS_VIEW, "kindness_metrics:two-languages", _("Two languages"), "two-voices"),
    (Permission.SUPERVISION_OVERSEE, "volunteers:supervision-dates", _("Supervision"), "message"),
    (Permission.DBS_DECIDE, "volunteers:dbs-to-decide", _("DBS decisions"), "shield"),
    (Permission.FAMILY_BREAK_GLASS, "families:open-record", _("Open a record"), "key"),
    (Permission.COVER_SET, "families:covers", _("Who is away"), "calendar"),
    (Permission.EXPENSE_PAY, "volunteers:pay-runs", _("Pay expenses"), "inbox"),
    (Permission.CONCERNS_VIEW, "families:kept-apart-list", _("Keep away"), "shield"),
    (Permission.PEOPLE_MANAGE, "access:people", _("People"), "person"),
    (Permission.SERVICE_MANAGE, "access:services", _("Services"), "organisation"),
    (Permission.DIRECTORY_VIEW, "directory:search", _("Directory"), "place"),
    # Coordinators word them too, and come by way of their volunteers.
    (Permission.NEEDS_EDIT, "volunteers:agreement-list", _("Agreements"), "edit"),
    (Permission.LEXICON_EDIT, "lexicon:prompt-list", _("Wording"), "quote"),
    (Permission.AUDIT_VIEW, "audit:events", _("Audit"), "audit"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Lazy where it asks the database, so that fragments and error pages pay nothing."""
    user = getattr(request, "user", None)
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request, user)),
        "signed_in_as": SimpleLazyObject(lambda: _facts(user)),
        "product_home": "/",
        "languages": language_choices(getattr(request, "languages", ())),
        "is_draft_language": is_draft(get_language() or settings.LANGUAGE_CODE),
        "account_page": reverse("access:account"),
        "search_url": SimpleLazyObject(lambda: _search(user)),
        "leave_to": settings.LEAVE_TO,
        "demo": settings.DEMO,
        "second_factor_off": not settings.REQUIRE_SECOND_FACTOR,
    }


def _navigation(request: HttpRequest, user: User | None) -> list[dict[str, Any]]:
    if user is None or not user.is_authenticated or hasattr(request, "second_factor_missing"):
        return []
    return [
        {"url": reverse(name), "label": label, "icon": icon, "current": request.path.startswith(reverse(name))}
        for permission, name, label, icon in NAVIGATION
        if user.may(permission)
    ]


def _search(user: User | None) -> str:
    """Only coordinators look for families by name; the others have a handful, or none."""
    may_search = user is not None and user.is_authenticated and user.may(Permission.TODAY_VIEW)
    return reverse("families:all") if may_search else ""


def _facts(user: User | None) -> dict[str, Any]:
    """Name, roles in words, and whether this is a paid role; empty for a stranger."""
    if user is None or not user.is_authenticated:
        return {}
    return {
        "name": user.display_name,
        "id": user.pk,
        "email": user.email,
        "roles": [str(membership) for membership in user.active_memberships],
        "is_staff_member": user.is_staff_member,
    }
