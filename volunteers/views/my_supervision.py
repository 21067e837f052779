"""Supervision from the side of whoever is supervised: reading what is written, adding to it, confirming it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept, signed_in_only
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from volunteers.actions.supervision import (
    StaleSupervision,
    SupervisionRefused,
    confirm_supervision,
    mark_agreed_done,
)
from volunteers.forms.supervision import ConfirmForm
from volunteers.models import Supervision, SupervisionAction
from volunteers.reports.load import my_load
from volunteers.reports.supervision_pages import my_talks, talk_page


@require_safe
@signed_in_only
def my_supervision(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/my_supervision.html", {"page": my_talks(request.user)})


@require_http_methods(["GET", "POST"])
@keeps_words
@signed_in_only
def my_talk(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own talk: read it, add words, confirm."""
    rows = Supervision.objects.of_person(request.user).select_related("supervisor")
    row = get_object_or_404(rows, pk=pk)
    form = ConfirmForm(sent_or_kept(request), initial={"version": row.version})
    if request.method == "POST" and form.is_valid() and _confirmed(request, row, form):
        messages.success(request, _("Confirmed. Thank you for reading it."))
        return redirect("volunteers:my-talk", row.pk)
    page = talk_page(request.user, row)
    for family in page.families:
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="supervision")
    context = {"page": page, "talk": row, "form": form}
    return render(request, "volunteers/my_talk.html", context, status=422 if form.errors else 200)


def _confirmed(request: HttpRequest, row: Supervision, form: ConfirmForm) -> bool:
    try:
        confirm_supervision(by=request.user, supervision=row, **form.cleaned_data)
    except StaleSupervision as found:
        form.data = form.data.copy()
        form.data["version"] = str(found.stored.version)
        row.refresh_from_db()
        form.add_error(None, _("This was changed since you opened it. Read it as it stands now; your words are kept."))
    except SupervisionRefused as refusal:
        form.add_error(None, refusal)
    else:
        return True
    return False


@require_POST
@signed_in_only
def agreed_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was agreed is done: said by whoever was supervised, or whoever led the talk."""
    action = get_object_or_404(SupervisionAction.objects.visible_to(request.user), pk=pk)
    mark_agreed_done(by=request.user, action=action)
    messages.success(request, _("Good. It is noted as done."))
    then = request.POST.get("then", "")
    if url_has_allowed_host_and_scheme(then, None):
        return redirect(then)
    return redirect("home")


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_load_page(request: HttpRequest) -> HttpResponse:
    """How heavy it was and how much it was, one's own weeks beside the middle half of the team."""
    return render(request, "volunteers/my_load.html", {"load": my_load(request.user)})
