"""The words of the agreements of an organisation, by version."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from families.views.records import take
from volunteers.actions.agreements import word_agreement, words_now
from volunteers.forms.agreements import WordingForm
from volunteers.models import AgreementKind, AgreementWording
from volunteers.reports.agreements import worded_by, wordings


@require_safe
@require(Permission.AGREEMENT_WORD)
def agreement_list(request: HttpRequest) -> HttpResponse:
    """What volunteers of one's organisations are asked to sign."""
    return render(request, "volunteers/agreement_list.html", {"organisations": wordings(request.user)})


@require_http_methods(["GET", "POST"])
@require(Permission.AGREEMENT_WORD)
def agreement_word(request: HttpRequest, organisation_id: int, kind: str) -> HttpResponse:
    """A new version; the ones before it stay to be read."""
    organisation: Organisation = get_object_or_404(worded_by(request.user), pk=organisation_id)
    if kind not in AgreementKind.values:
        raise Http404
    newest = words_now(organisation.pk, kind)
    form = WordingForm(request.POST or None, initial={"words": newest.words, "after": newest.version})

    def save() -> None:
        word_agreement(by=request.user, organisation=organisation, kind=kind, **form.cleaned_data)

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, _("Kept. From now on these words are signed."))
        return redirect("volunteers:agreement-list")
    earlier = AgreementWording.objects.visible_to(request.user).filter(organisation=organisation, kind=kind)
    context = {"form": form, "newest": newest, "earlier": earlier.order_by("-version")[:20]}
    context |= {"title": AgreementKind(kind).label, "organisation": organisation}
    return render(request, "volunteers/agreement_word.html", context, status=status)
