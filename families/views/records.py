"""What every form about a family's record shares: whose family it is, refusals, two people at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from betterstart.audit.record import record_read
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import StaleEdit
from families.actions.member import ReallyAChild
from families.forms.records import show_refusal
from families.models import BreakGlass, Family, Support
from families.reports.same_family import joined_into


def family_to_change(request: HttpRequest, reference: str, page: str) -> Family:
    """A family of the services this person coordinates, or 404. Notes that its record was opened."""
    family = get_object_or_404(Family.objects.coordinated_by(request.user), reference=reference)
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page=page)
    return family


def family_to_read(request: HttpRequest, reference: str, page: str, *, whole: bool = False) -> Family:
    """A family this person may see, or 404. Notes that its record was opened, and why if it is not their own work.

    `whole`: only for those who answer for the whole record, which volunteers do not. `coordinates` says whether they
    may change it.
    """
    families = Family.objects.responsible_to(request.user) if whole else Family.objects.visible_to(request.user)
    opened = BreakGlass.objects.open().filter(user=request.user, family=OuterRef("pk")).order_by("-pk")
    families = families.annotate(
        coordinates=Exists(Support.objects.coordinated_by(request.user).filter(family=OuterRef("pk"))),
        opened_because=Subquery(opened.values("reason")[:1]),
    )
    family: Any = get_object_or_404(families, reference=reference)
    reason = "" if family.coordinates else family.opened_because or ""
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page=page, reason=reason)
    return family


def lead_on(request: HttpRequest, *references: str, page: str = "families:family", **kwargs: Any) -> HttpResponse:
    """An old reference leads to the family its record is part of now; 404 where this person may see none.

    A form that was sent goes along as it is: the same words, to the page that stands there now.
    """
    for reference in references:
        if now := joined_into(request.user, reference):
            if page != "families:draft":  # kept every few seconds, without a word
                words = _("The record %(old)s is now part of %(family)s.")
                messages.info(request, words % {"old": reference, "family": now.in_words})
            same_page = page != "families:family"
            return redirect(page, **kwargs | {"reference": now.reference}, preserve_request=same_page)
    raise Http404


def leading_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Of a page about one family: the same page of the family that a joined record is part of now."""

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return lead_on(request, kwargs["reference"], page=request.resolver_match.view_name, **kwargs)

    return led


def take(form: Any, save: Callable[[], Any]) -> int:
    """Run the action behind a form that was sent.

    302: done. 422: refused, with the sentences in the form. 409: somebody saved meanwhile; the form shows both.
    """
    if not form.is_valid():
        return 422
    try:
        save()
    except ValidationError as refusal:
        show_refusal(form, refusal)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except ReallyAChild as question:
        form.ask(question)
    except StaleEdit as found:
        form.show_both(found.stored)
        return 409
    else:
        return 302
    return 422


def edit(
    request: HttpRequest,
    form: Any,
    save: Callable[[], Any],
    *,
    template: str,
    family: Family,
    then: str = "",
    **context: Any,
) -> HttpResponse:
    """Show a form, or take it and go back to the family, or where `then` says."""
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect(then or family.page)
    return render(request, template, {"form": form, "family": family, **context}, status=status)
