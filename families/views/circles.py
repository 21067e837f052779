from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.clock import day_in_words
from families.actions import circle as actions
from families.actions.editing import StaleEdit
from families.forms.circle import FinishForm, TieForm
from families.models import Circle, CircleTie, Family
from families.reports.circles import CirclePage, adults_of, circle_page, is_due
from families.views.records import edit, family_to_change, family_to_read, take


@require_safe
@require(Permission.FAMILY_VIEW)
def circles(request: HttpRequest, reference: str) -> HttpResponse:
    """Whose circles there are. What stands in them is on a page of its own for each adult."""
    family = family_to_read(request, reference, "circles", whole=True)
    return render(request, "families/circles.html", {"family": family, "adults": adults_of(request.user, family)})


@require_POST
@require(Permission.FAMILY_EDIT)
def circle_start(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family = family_to_change(request, reference, "circles")
    member = get_object_or_404(family.members, uuid=uuid)
    try:
        circle = actions.start_circle(by=request.user, family=family, member=member)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("families:circles", reference)
    return redirect("families:circle", reference, circle.uuid)


@require_safe
@require(Permission.FAMILY_VIEW)
def circle(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """One adult's circle: the picture, the list that says the same, and what changed since the last."""
    family: Any = family_to_read(request, reference, "circle", whole=True)
    row = _circle(request, family, uuid)
    page = circle_page(request.user, row, offers=family.coordinates)
    form = None
    if family.coordinates and page.is_latest:
        form = TieForm(circle=row, others=page.drawn.ties)
    return _show(request, family, page, form)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def circle_add(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Put somebody into the circle, with the picture beside the form. `?who=` fills in one of us."""
    family: Any = family_to_change(request, reference, "circle")
    family.coordinates = True
    row = _circle(request, family, uuid)
    page = circle_page(request.user, row, offers=True)
    who = request.GET.get("who", "")
    offered = {"nickname": who, "kind": "programme"} if who in page.offers else None
    form = TieForm(sent_or_kept(request), circle=row, others=page.drawn.ties, offered=offered)

    def save() -> None:
        tie = actions.add_tie(by=request.user, circle=row, **form.for_action())
        messages.success(request, _("“{name}” is in the circle.").format(name=tie.nickname))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect(f"{reverse('families:circle', args=[reference, uuid])}#add")
    return _show(request, family, page, form, status)


def _show(
    request: HttpRequest, family: Family, page: CirclePage, form: TieForm | None, status: int = 200
) -> HttpResponse:
    row = page.drawn.circle
    context = {"family": family, "page": page, "circle": row, "form": form, "is_due": is_due(row)}
    context["finish"] = FinishForm(initial={"drawn_on": row.drawn_on})
    return render(request, "families/circle.html", context, status=status)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def circle_tie(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    """Say otherwise of somebody in the circle."""
    family, row, tie = _tie(request, reference, uuid, pk)
    drawn = circle_page(request.user, row, offers=False).drawn
    others = [other for other in drawn.ties if other.pk != tie.pk]
    form = TieForm(sent_or_kept(request), circle=row, others=others, tie=tie, knows=drawn.known_by(tie))

    def save() -> None:
        actions.change_tie(
            by=request.user, tie=tie, **form.for_action() | {"version": form.cleaned_data["version"] or 0}
        )
        messages.success(request, _("Saved. “{name}” is drawn as you said.").format(name=tie.nickname))

    then = reverse("families:circle", args=[reference, uuid])
    return edit(request, form, save, template="families/circle_tie.html", family=family, then=then, circle=row, tie=tie)


@require_POST
@require(Permission.FAMILY_EDIT)
def circle_tie_out(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    """They are no longer part of it; with `back`, they are after all."""
    _family, _row, tie = _tie(request, reference, uuid, pk)
    back = request.POST.get("back") == "1"
    said = _("“{name}” is in the circle again.") if back else _("“{name}” is no longer in the circle.")
    words = said.format(name=tie.nickname)
    return _do(request, reference, uuid, words, lambda: actions.take_out_tie(by=request.user, tie=tie, back=back))


@require_POST
@require(Permission.FAMILY_EDIT)
def circle_finish(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """The adult says: this is how it is."""
    row = _circle(request, family_to_change(request, reference, "circle"), uuid)
    form = FinishForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["drawn_on"][0])
        return redirect("families:circle", reference, uuid)
    day = form.cleaned_data["drawn_on"]

    def finish() -> None:
        done = actions.finish_circle(by=request.user, circle=row, drawn_on=day)
        words = _("Kept. Today reminds you on {day} to look at it again together.")
        messages.success(request, words.format(day=day_in_words(done.ask_on)))

    return _do(request, reference, uuid, "", finish)


@require_POST
@require(Permission.FAMILY_EDIT)
def circle_take_back(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    row = _circle(request, family_to_change(request, reference, "circle"), uuid)
    words = _("Taken back. Nothing of it is kept in the circle.")
    answer = _do(request, reference, uuid, words, lambda: actions.take_back_circle(by=request.user, circle=row))
    still_there = Circle.objects.visible_to(request.user).standing().filter(uuid=uuid).exists()
    return answer if still_there else redirect("families:circles", reference)


@require_POST
@require(Permission.FAMILY_EDIT)
def circle_put_off(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """They would rather not look at it now."""
    row = _circle(request, family_to_change(request, reference, "circle"), uuid)
    words = _("That is fine. You are reminded again in fifteen weeks.")
    return _do(request, reference, uuid, words, lambda: actions.put_off_circle(by=request.user, circle=row))


def _do(request: HttpRequest, reference: str, uuid: uuids.UUID, said: str, action: Callable[[], Any]) -> HttpResponse:
    """Run one step and go back to the circle, with what was done or why it was not."""
    try:
        action()
        if said:
            messages.success(request, said)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    except StaleEdit:
        messages.error(request, _("Somebody changed this meanwhile. Look at it again."))
    return redirect("families:circle", reference, uuid)


def _circle(request: HttpRequest, family: Family, uuid: uuids.UUID) -> Circle:
    rows = Circle.objects.visible_to(request.user).standing().filter(family=family)
    return get_object_or_404(rows.select_related("member", "drawn_with"), uuid=uuid)


def _tie(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> tuple[Family, Circle, CircleTie]:
    family = family_to_change(request, reference, "circle")
    row = _circle(request, family, uuid)
    return family, row, get_object_or_404(CircleTie.objects.filter(circle=row).select_related("circle"), pk=pk)
