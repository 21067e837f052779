from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.clock import london_today
from families.actions.cover import CoverRefused, answer_cover, arrange_cover, end_cover, settable
from families.forms.cover import CoverForm, SetCoverForm
from families.models import Cover
from families.reports.cover import colleagues, covers_of
from families.views.records import take


@require_http_methods(["GET", "POST"])
@require(Permission.TODAY_VIEW)
def cover(request: HttpRequest) -> HttpResponse:
    """Who holds my Today while I am away, and whose I hold."""
    others = colleagues(request.user)
    form = CoverForm(request.POST or None, colleagues=others)

    def save() -> None:
        asked = arrange_cover(by=request.user, away=request.user, **form.cleaned_data)
        messages.success(request, _("Asked. It counts once {name} has said yes.").format(name=asked.held_by))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:cover")
    context = {"form": form, "covers": covers_of(request.user, london_today()), "others": others}
    return render(request, "families/cover.html", context, status=status)


@require_POST
@require(Permission.TODAY_VIEW)
def cover_answer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Cover.objects.filter(held_by=request.user), pk=pk)
    agrees = request.POST.get("answer") == "yes"
    try:
        answer_cover(by=request.user, cover=row, agrees=agrees)
        messages.success(request, _("Thank you. It begins and ends by itself.") if agrees else _("Saved: you said no."))
    except CoverRefused as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("families:cover")


@require_POST
@require(Permission.TODAY_VIEW)
def cover_end(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Cover.objects.filter(away=request.user) | Cover.objects.filter(held_by=request.user)
    return _end(request, get_object_or_404(mine, pk=pk), "families:cover")


@require_http_methods(["GET", "POST"])
@require(Permission.COVER_SET)
def covers(request: HttpRequest) -> HttpResponse:
    """Who is away in the organisations this person answers for, and who stands in."""
    form = SetCoverForm(request.POST or None, colleagues=settable(request.user))

    def save() -> None:
        row = arrange_cover(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. {name} is told on their Today.").format(name=row.held_by))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:covers")
    rows = Cover.objects.set_by(request.user).not_over().select_related("away", "held_by")
    return render(request, "families/covers.html", {"form": form, "rows": rows}, status=status)


@require_POST
@require(Permission.COVER_SET)
def cover_stop(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, get_object_or_404(Cover.objects.set_by(request.user), pk=pk), "families:covers")


def _end(request: HttpRequest, row: Cover, then: str) -> HttpResponse:
    try:
        end_cover(by=request.user, cover=row)
        messages.success(request, _("Ended. The list is {name}’s own again.").format(name=row.away))
    except CoverRefused as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect(then)
