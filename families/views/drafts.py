from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.draft import DraftTooLong, discard_draft, keep_draft
from families.models import Family
from families.reports.drafts import resume_url


@require_POST
@require(Permission.VISIT_PLAN)
def draft(request: HttpRequest, reference: str, purpose: str) -> HttpResponse:
    """Autosave: 204 when kept, 413 when there is more than a draft holds (the page keeps it, and says so)."""
    family = get_object_or_404(Family.objects.visible_to(request.user), reference=reference)
    try:
        keep_draft(by=request.user, family=family, purpose=purpose, fields=dict(request.POST.lists()))
    except DraftTooLong as refused:
        return HttpResponse(refused.message, status=413, content_type="text/plain")
    return HttpResponse(status=204)


@require_POST
@require(Permission.VISIT_PLAN)
def draft_discard(request: HttpRequest, reference: str, purpose: str) -> HttpResponse:
    family = get_object_or_404(Family.objects.visible_to(request.user), reference=reference)
    discard_draft(by=request.user, family=family, purpose=purpose)
    messages.success(request, _("The draft is thrown away."))
    return redirect(resume_url(family, purpose))
