from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.forms import AuditFilterForm
from betterstart.audit.models import AuditEvent, FamilyRead, on_days

ROWS = 50


@require_safe
@require(Permission.AUDIT_VIEW)
def events(request: HttpRequest) -> HttpResponse:
    """What was done, or who looked at family records: newest first, older rows by key."""
    looked = request.GET.get("show") == "looked"
    form = AuditFilterForm(request.GET, by=request.user, looked=looked)
    rows = (FamilyRead if looked else AuditEvent).objects.visible_to(request.user)
    if form.is_valid():
        rows = _narrow(rows, form, looked)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: ROWS + 1])
    tabs = [
        {"url": "?", "label": _("What was done"), "current": not looked},
        {"url": "?show=looked", "label": _("Who looked"), "current": looked},
    ]
    facts = {
        "form": form,
        "looked": looked,
        "rows": found[:ROWS],
        "older_key": found[ROWS - 1].pk if len(found) > ROWS else None,
        "before": before,
        "tabs": tabs,
        "filtered": any(form.cleaned_data.values()),
    }
    return render(request, "audit/events.html", facts)


def _narrow(rows, form: AuditFilterForm, looked: bool):  # type: ignore[no-untyped-def]
    wish = form.cleaned_data
    people = form.person_ids()
    if people is not None:
        rows = rows.filter(**{"reader_id__in" if looked else "actor_id__in": people})
    if wish["family"]:
        rows = rows.about_family(wish["family"])
    if wish.get("verb"):
        rows = rows.filter(verb=wish["verb"])
    return on_days(rows, wish["first"], wish["last"])
