"""What an adult takes along from their own page: to read here, as a file that opens anywhere, and on paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from betterstart.clock import london_today
from betterstart.documents.pdf import write_pdf
from families.actions.own_page import note_kept
from families.models import OwnPage
from families.reports.own_keepsake import as_values, own_keepsake
from families.views.own_page_session import own_page_only

KINDS = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}


@require_safe
@own_page_only
def own_keepsake_page(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """Everything that is theirs on one page, and the two files."""
    return render(request, "families/own/keepsake.html", {"page": page, "kept": own_keepsake(page)})


@require_safe
@own_page_only
def own_keepsake_file(request: HttpRequest, page: OwnPage, kind: str) -> HttpResponse:
    """A file to save. Its name says nothing of whose it is."""
    if kind not in KINDS:
        raise Http404
    kept = own_keepsake(page)
    if kind == "pdf":
        content: bytes | str = write_pdf("families/own/keepsake.typ", as_values(kept))
    else:
        content = render_to_string("families/own/keepsake_file.html", {"kept": kept}, request)
    note_kept(page=page, kind=kind)
    name = f"our-page-{london_today():%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=KINDS[kind], headers=headers)
