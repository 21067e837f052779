"""An adult's choices on their own page: to see, to change, to take back."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Organisation
from families.actions.answer import give_agreement, give_choice, give_permission
from families.forms.reply import language_now
from families.models import Answer, HowAnswered, OwnPage, SharingPermission, Support
from families.models.sharing import To
from families.reports.own_choices import known_supports, own_choices
from families.views.own_page_session import own_page_only


@require_http_methods(["GET", "POST"])
@own_page_only
def own_choices_page(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """What they agreed to. One button takes a yes back; it holds at once."""
    problem = ""
    if request.method == "POST":
        try:
            _answer(page, request.POST)
        except ValidationError as refusal:
            problem = " ".join(refusal.messages)
        else:
            return redirect("families:own-choices")
    context = {"page": page, "parts": own_choices(page), "problem": problem}
    return render(request, "families/own/choices.html", context, status=422 if problem else 200)


def _answer(page: OwnPage, sent: Any) -> None:
    """Write the answer down, as theirs alone. 404 for anything that is not one of their choices."""
    kind, key, answer = (sent.get(name, "") for name in ("kind", "key", "answer"))
    if answer not in Answer.values or kind not in {"agreement", "choice", "permission"}:
        raise Http404
    of: dict[str, Any] = {"by": None, "adult": page.adult, "answer": answer, "how": HowAnswered.ONLINE}
    of["language"] = language_now()
    known = known_supports(page)
    with acting_as(Scope.ALL, None):
        if kind == "agreement":
            mine = Support.objects.filter(pk__in=known).select_related("service")
            give_agreement(support=get_object_or_404(mine, pk=_number(key)), **of)
        elif kind == "choice":
            ours = Organisation.objects.filter(services__supports__in=known).distinct()
            organisation = get_object_or_404(ours, pk=_number(sent.get("organisation", "")))
            give_choice(organisation=organisation, purpose=key, read=_number(sent.get("read", "")) or None, **of)
        else:
            _take_back(page, key, answer, of)


def _take_back(page: OwnPage, key: str, answer: str, of: dict[str, Any]) -> None:
    """A yes to sharing is given face to face, where it can be talked about; it is taken back here."""
    rows = SharingPermission.objects.select_related("service", "agency", "referral__service", "organisation", "child")
    row = get_object_or_404(rows.filter(member=page.adult_id), uuid=_uuid(key))
    if answer != Answer.WITHDRAWN:
        raise Http404
    to = To(service=row.service, agency=row.agency, referral=row.referral, named=row.named)
    give_permission(organisation=row.organisation, to=to, what=row.what, child=row.child, **of)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _uuid(text: str) -> uuids.UUID:
    try:
        return uuids.UUID(text)
    except ValueError:
        raise Http404 from None
