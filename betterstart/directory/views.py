from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.directory.actions import EntryStale, add_entry, edit_entry
from betterstart.directory.forms import EntryForm, RunForm, SearchForm
from betterstart.directory.imports.running import DirectoryRefused, cancel_run, confirm_run, start_run
from betterstart.directory.models import DirectoryRun, Entry, Source
from betterstart.directory.reports import find

RECENT = 20


@require_safe
@require(Permission.DIRECTORY_VIEW)
def search(request: HttpRequest) -> HttpResponse:
    """What there is nearby. For a family it is looked up from the family's page, which knows where they live."""
    form = SearchForm(request.GET)
    asked = form.asked(request.GET.get("after", ""))
    context = {"form": form, "asked": asked, "found": find(asked)}
    context["may_import"] = request.user.may(Permission.DIRECTORY_IMPORT)
    is_fragment = request.htmx and not request.htmx.history_restore_request
    return render(request, "directory/_found.html" if is_fragment else "directory/search.html", context)


@require_safe
@require(Permission.DIRECTORY_VIEW)
def entry(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    context = {"entry": _entry(request, uuid), "may_edit": request.user.may(Permission.DIRECTORY_EDIT)}
    return render(request, "directory/entry.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.DIRECTORY_EDIT)
def entry_add(request: HttpRequest) -> HttpResponse:
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = add_entry(by=request.user, **form.for_action())
            messages.success(request, _("“{name}” is in the directory.").format(name=added.name))
            return redirect(added.page)
        except ValidationError as refusal:
            _show(form, refusal)
    status = 422 if form.errors else 200
    return render(request, "directory/entry_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.DIRECTORY_EDIT)
def entry_edit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    row, status = _entry(request, uuid), 200
    form = EntryForm(request.POST or None, instance=row)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edit_entry(by=request.user, entry=row, **form.for_action())
                messages.success(request, _("Saved."))
                return redirect(row.page)
            except ValidationError as refusal:
                _show(form, refusal)
            except EntryStale as found:
                form.show_stored(found.stored)
                status = 409
    return render(request, "directory/entry_form.html", {"form": form, "entry": row}, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.DIRECTORY_IMPORT)
def run_start(request: HttpRequest) -> HttpResponse:
    """Choose a directory to read: nothing is saved before it was looked at."""
    form = RunForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        known = form.cleaned_data
        file = known.pop("file")
        try:
            upload = {"file_name": file.name, "content": file.read()} if file else {}
            return redirect("directory:run", start_run(by=request.user, **known, **upload).uuid)
        except DirectoryRefused as refusal:
            _show(form, refusal)
    runs = DirectoryRun.objects.visible_to(request.user).select_related("source", "by")
    context = {"form": form, "runs": runs.defer("entries", "content")[:RECENT], "sources": Source.objects.all()}
    return render(request, "directory/run_start.html", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.DIRECTORY_IMPORT)
def run_detail(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """What a directory would change, or how far the reading is. htmx asks for the fragment until it is over."""
    template = "directory/_run_body.html" if request.htmx else "directory/run.html"
    return render(request, template, {"run": _run(request, uuid)})


@require_POST
@require(Permission.DIRECTORY_IMPORT)
def run_confirm(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    run = _run(request, uuid)
    try:
        confirm_run(by=request.user, run=run)
    except DirectoryRefused as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("directory:run", run.uuid)


@require_POST
@require(Permission.DIRECTORY_IMPORT)
def run_cancel(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    run = _run(request, uuid)
    try:
        cancel_run(by=request.user, run=run)
        messages.success(request, _("Cancelled. Nothing was saved."))
    except DirectoryRefused as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("directory:run-start")


def _entry(request: HttpRequest, uuid: uuids.UUID) -> Entry:
    entries = Entry.objects.visible_to(request.user).select_related("source").prefetch_related("venues")
    return get_object_or_404(entries, uuid=uuid)


def _run(request: HttpRequest, uuid: uuids.UUID) -> DirectoryRun:
    runs = DirectoryRun.objects.visible_to(request.user).select_related("source").defer("entries", "content")
    return get_object_or_404(runs, uuid=uuid)


def _show(form: EntryForm | RunForm, refusal: ValidationError) -> None:
    """Put what was refused beside the fields it speaks of."""
    for name, errors in getattr(refusal, "error_dict", {None: [refusal]}).items():
        form.add_error(name if name in form.fields else None, errors)
