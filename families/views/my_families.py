from __future__ import annotations

import uuid as uuids
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from betterstart.access.decorators import require
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from families.forms.family import FindForm
from families.reports.family_list import family_list


@require_safe
@require(Permission.FAMILY_VIEW)
def my_families(request: HttpRequest) -> HttpResponse:
    """Those who count on this person now."""
    return _families(request, everyone=False)


@require_safe
@require(Permission.FAMILY_VIEW)
def all_families(request: HttpRequest) -> HttpResponse:
    """Everybody this person may see, also where the support has ended."""
    return _families(request, everyone=True)


def _families(request: HttpRequest, *, everyone: bool) -> HttpResponse:
    form = FindForm(request.GET, user=request.user)
    form.is_valid()
    asked = form.cleaned_data
    listed = family_list(
        request.user,
        everyone=everyone,
        text=asked.get("q", ""),
        service=asked["service"].pk if asked.get("service") else None,
        state=asked.get("state", ""),
        after=_key(request.GET.get("after", "")),
    )
    is_fragment = request.htmx and not request.htmx.history_restore_request
    template = "families/_family_rows.html" if is_fragment else "families/family_list.html"
    asks = any(asked.get(name) for name in ("q", "service", "state"))
    context = {
        "form": form,
        "listed": listed,
        "tabs": family_tabs(request.user, "all" if everyone else "list"),
        "everyone": everyone,
        "asks": asks,
    }
    context["may_register"] = request.user.may(Permission.FAMILY_REGISTER)
    context["opens_records"] = request.user.may(Permission.FAMILY_BREAK_GLASS)
    return render(request, template, context)


def family_tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The lists of families; who waits is for those who coordinate."""
    lists = [("list", _("My families")), ("all", _("All I may see"))]
    if user.may(Permission.SUPPORT_MOVE):
        lists.insert(1, ("waiting-list", _("Waiting")))
    return [{"url": reverse(f"families:{name}"), "label": label, "current": name == current} for name, label in lists]


def _key(text: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(text)
    except ValueError:
        return None
