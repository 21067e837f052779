from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require
from betterstart.access.permissions import Permission
from betterstart.clock import day_in_words
from betterstart.directory.forms import SearchForm
from betterstart.directory.models import Entry
from betterstart.directory.reports import find
from families.actions.editing import StaleEdit
from families.actions.signpost import answer_signpost, point_to, take_back_signpost
from families.forms.records import show_refusal
from families.forms.signpost import AnswerForm, PointForm
from families.models import Family, Pointing, Signpost
from families.reports.signposts import children_of, home_point, signposts_of, told_already
from families.views.records import edit, family_to_change, family_to_read


@require_safe
@require(Permission.FAMILY_VIEW)
def signposts(request: HttpRequest, reference: str) -> HttpResponse:
    """Where this family was pointed to, and what came of it."""
    family = family_to_read(request, reference, "signposts", whole=True)
    return render(
        request, "families/signposts.html", {"family": family, "signposts": signposts_of(request.user, family)}
    )


@require_safe
@require(Permission.FAMILY_EDIT)
def signpost_find(request: HttpRequest, reference: str) -> HttpResponse:
    """What there is nearby for this family, the nearest to their home first."""
    family = family_to_change(request, reference, "find-nearby")
    near = home_point(request.user, family)
    form = SearchForm(request.GET, near=near, at_home=True)
    asked = form.asked(request.GET.get("after", ""))
    context = {"family": family, "form": form, "asked": asked, "found": find(asked), "is_placed": near is not None}
    context |= {"told": told_already(request.user, family), "children": children_of(family)}
    is_fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "directory/_found.html" if is_fragment else "families/signpost_find.html", context)


@keeps_words
@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def signpost_entry(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Something nearby, and one tap for what was done about it with this family."""
    family = family_to_change(request, reference, "find-nearby")
    entries = Entry.objects.visible_to(request.user).select_related("source").prefetch_related("venues")
    entry = get_object_or_404(entries, uuid=uuid)
    form = PointForm(request.POST or None, family=family)
    if request.method == "POST" and form.is_valid():
        try:
            row = point_to(by=request.user, family=family, entry=entry, **form.cleaned_data)
            return _written(request, family, row)
        except ValidationError as refusal:
            show_refusal(form, refusal)
    rows = [row for row in signposts_of(request.user, family) if row.entry_id == entry.pk]
    context = {"family": family, "entry": entry, "form": form, "ways": Pointing.choices, "rows": rows}
    return render(request, "families/signpost_entry.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, family: Family, row: Signpost) -> HttpResponse:
    sentence = _("Written down: “{name}”. Today reminds you on {day} to ask whether it helped.")
    messages.success(request, sentence.format(name=row.entry_name, day=day_in_words(row.ask_on)))
    return redirect("families:signposts", family.reference)


@keeps_words
@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def signpost_answer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Four weeks later: what came of it, and did it help?"""
    family, row = _row(request, reference, pk)
    form = AnswerForm(request.POST or None, row=row)

    def save() -> None:
        answer_signpost(by=request.user, row=row, **form.cleaned_data)
        messages.success(request, _("Saved. Thank you for asking them."))

    then = reverse("families:signposts", args=[family.reference])
    return edit(request, form, save, template="families/signpost_answer.html", family=family, then=then, signpost=row)


@require_POST
@require(Permission.FAMILY_EDIT)
def signpost_take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family, row = _row(request, reference, pk)
    try:
        take_back_signpost(by=request.user, row=row)
        messages.success(request, _("Taken back: “{name}” was entered by mistake.").format(name=row.entry_name))
    except StaleEdit:
        messages.error(request, _("Somebody changed this meanwhile. Look at it again."))
    return redirect("families:signposts", family.reference)


def _row(request: HttpRequest, reference: str, pk: int) -> tuple[Family, Any]:
    """One of those of the supports this person coordinates, or 404."""
    family = family_to_change(request, reference, "signposts")
    rows = Signpost.objects.visible_to(request.user).standing().filter(family=family)
    return family, get_object_or_404(rows.select_related("family", "support", "entry"), pk=pk)
