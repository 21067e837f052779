"""What an organisation asks families about: worded, added to, ordered and retired by its administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from families.actions.need import move_need_item, retire_need_item, save_need_item
from families.forms.plan_choices import NeedItemForm
from families.models import NeedItem
from families.reports.need_set import sets_of
from families.views.records import take


def _mine(request: HttpRequest) -> QuerySet[Organisation]:
    return Organisation.objects.administered_by(request.user)


def _item(request: HttpRequest, item: int) -> NeedItem:
    rows = NeedItem.objects.visible_to(request.user).filter(organisation__in=_mine(request))
    return get_object_or_404(rows.select_related("organisation"), pk=item)


@require_safe
@require(Permission.NEEDS_EDIT)
def need_list(request: HttpRequest) -> HttpResponse:
    """The needs of each organisation one administers, under their headings."""
    return render(request, "families/need_set.html", {"sets": sets_of(_mine(request))})


@require_http_methods(["GET", "POST"])
@require(Permission.NEEDS_EDIT)
def need_item_new(request: HttpRequest, organisation: int) -> HttpResponse:
    return _edit(request, get_object_or_404(_mine(request), pk=organisation), None)


@require_http_methods(["GET", "POST"])
@require(Permission.NEEDS_EDIT)
def need_item(request: HttpRequest, item: int) -> HttpResponse:
    found = _item(request, item)
    return _edit(request, found.organisation, found)


def _edit(request: HttpRequest, organisation: Organisation, item: NeedItem | None) -> HttpResponse:
    form = NeedItemForm(request.POST or None, item=item)

    def save() -> None:
        saved = save_need_item(by=request.user, organisation=organisation, item=item, **form.cleaned_data)
        messages.success(request, _("Saved: “%s”. Families are asked so from now on.") % saved)

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:need-set")
    context: dict[str, Any] = {"form": form, "organisation": organisation, "item": item}
    return render(request, "families/need_item.html", context, status=status)


@require_POST
@require(Permission.NEEDS_EDIT)
def need_item_move(request: HttpRequest, item: int, to: str) -> HttpResponse:
    """Up or down under its heading, out of use, or back."""
    found = _item(request, item)
    if to in ("up", "down"):
        move_need_item(by=request.user, item=found, up=to == "up")
    else:
        retire_need_item(by=request.user, item=found, back=to != "retire")
        words = (
            _("“%s” is not asked any more. Who picked it keeps it.") if to == "retire" else _("“%s” is asked again.")
        )
        messages.success(request, words % found)
    return redirect("families:need-set")
