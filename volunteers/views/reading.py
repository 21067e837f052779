"""Check-ins from the side of the coordinator who reads them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from volunteers.actions import CheckInRefused, StaleCheckIn, add_note, mark_seen
from volunteers.forms.talking import SeenForm
from volunteers.models import CheckIn, NoteKind
from volunteers.reports.check_in import check_in_page
from volunteers.reports.reading import check_in_list


@require_safe
@require(Permission.CHECK_IN_READ)
def check_ins(request: HttpRequest) -> HttpResponse:
    read = request.GET.get("show") == "read"
    listed = check_in_list(request.user, read=read, before=request.GET.get("before", ""))
    tabs = [
        {"label": _("To read"), "url": "?", "current": not read, "count": listed.to_read},
        {"label": _("Read"), "url": "?show=read", "current": read},
    ]
    context = {"listed": listed, "read": read, "tab_items": tabs, "tabs_label": _("Which check-ins")}
    return render(request, "volunteers/check_in_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_READ)
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One check-in: reading it, asking about it, and writing a few words back."""
    rows = CheckIn.objects.visible_to(request.user).coordinated_by(request.user)
    rows = rows.select_related("visit__family", "visit__support__service", "author__volunteer", "seen_by")
    row = get_object_or_404(rows, pk=pk)
    form = SeenForm(request.POST if request.method == "POST" else None, initial={"version": row.version})
    if request.method == "POST" and form.is_valid() and (answer := _answer(request, row, form)):
        return answer
    family = row.visit.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="check-in")
    context = {
        "page": check_in_page(row, request.user),
        "check_in": row,
        "family": family,
        "visit": row.visit,
        "form": form,
    }
    return render(request, "volunteers/check_in.html", context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, row: CheckIn, form: SeenForm) -> HttpResponse | None:
    words = form.cleaned_data["words"]
    try:
        if "ask" in request.POST:
            add_note(by=request.user, check_in=row, kind=NoteKind.QUESTION, words=words)
            messages.success(request, _("Asked. {name} sees your question.").format(name=row.author.display_name))
            return redirect("volunteers:check-in", row.pk)
        thanks, version = "thank" in request.POST, form.cleaned_data["version"]
        mark_seen(by=request.user, check_in=row, version=version, words=words, thanks=thanks)
    except CheckInRefused as refusal:
        form.add_error(None, refusal)
        return None
    except StaleCheckIn as found:
        form.data = form.data.copy()
        form.data["version"] = str(found.stored.version)
        row.refresh_from_db()
        sentence = _("{name} changed this since you opened it. Read it as it stands now; your words are kept.")
        form.add_error(None, sentence.format(name=row.author.display_name))
        return None
    said = _("Marked as read. {name} sees what you wrote.") if words else _("Marked as read.")
    said = _("Thanked, and marked as read. {name} sees it.") if thanks else said
    messages.success(request, said.format(name=row.author.display_name))
    return redirect("volunteers:check-in-list")
