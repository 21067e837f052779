from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.documents.download import download
from betterstart.documents.writers import Sheet
from families.forms.imports import ColumnsForm, UploadForm
from families.imports.reading import FileRefused
from families.imports.running import ImportRefused, cancel_import, choose_columns, confirm_import, start_import
from families.models import ImportRun
from families.reports.imports import import_page

RECENT = 20


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_IMPORT)
def import_start(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = start_import(
                by=request.user,
                organisation=form.cleaned_data["organisation"],
                file_name=file.name,
                content=file.read(),
            )
            return redirect("families:import-columns", run.uuid)
        except FileRefused as refusal:
            form.add_error("file", refusal.sentence)
    recent = ImportRun.objects.visible_to(request.user).defer("sheets", "problems", "use")[:RECENT]
    return render(request, "families/import_start.html", {"form": form, "recent": recent})


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_IMPORT)
def import_columns(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    run = _run(request, run_uuid)
    if not run.is_open:
        return redirect("families:import-detail", run.uuid)
    form = ColumnsForm(request.POST or None, run=run, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            choose_columns(by=request.user, run=run, use=form.file_use())
            return redirect("families:import-detail", run.uuid)
        except ImportRefused as refusal:
            form.add_error(None, refusal)
    return render(request, "families/import_columns.html", {"form": form, "run": run})


@require_GET
@require(Permission.FAMILY_IMPORT)
def import_detail(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """What was found or how far it has come. htmx asks for the fragment until the work is over."""
    page = import_page(_run(request, run_uuid), request.GET.get("from", ""))
    template = "families/_import_body.html" if request.htmx else "families/import_detail.html"
    return render(request, template, page)


@require_POST
@require(Permission.FAMILY_IMPORT)
def import_confirm(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    run = _run(request, run_uuid)
    try:
        confirm_import(by=request.user, run=run)
    except ImportRefused as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("families:import-detail", run.uuid)


@require_POST
@require(Permission.FAMILY_IMPORT)
def import_cancel(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    run = _run(request, run_uuid)
    try:
        cancel_import(by=request.user, run=run)
        messages.success(request, _("“%s” was removed. Nothing was saved from it.") % run.file_name)
    except ImportRefused as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("families:import-detail", run.uuid)
    return redirect("families:import-start")


@require_GET
@require(Permission.FAMILY_IMPORT)
def import_fix_list(request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
    """Every problem by sheet, row and column, to work through beside the old records."""
    run = _run(request, run_uuid)
    words = {True: _("Stands in the way"), False: _("Good to know")}
    sheet = Sheet(
        name=_("To put right"),
        columns=[_("Sheet"), _("Row"), _("Column"), _("What it says"), _("What to do"), _("Weight")],
        rows=[
            (each["sheet"], each["row"], each["column"], each["value"], each["sentence"], words[each["blocks"]])
            for each in run.problems
        ],
    )
    form = "xlsx" if request.GET.get("form") == "xlsx" else "csv"
    return download(sheet, filename=_("to-put-right"), form=form)


def _run(request: HttpRequest, run_uuid: uuid.UUID) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("organisation"), uuid=run_uuid)
