from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.actions.around import add_agency, answer_flag, edit_agency
from families.forms.around import AgencyForm
from families.models import Flag, FlagAnswer, HouseholdFlag, OtherAgency
from families.models.sharing import may_contact_agencies
from families.views.records import edit, family_to_change, family_to_read


@require_safe
@require(Permission.FAMILY_VIEW)
def around(request: HttpRequest, reference: str) -> HttpResponse:
    """Other agencies, and what a referrer told: for those who answer for the whole record."""
    family = family_to_read(request, reference, "around", whole=True)
    agencies = list(OtherAgency.objects.visible_to(request.user).filter(family=family).select_related("member"))
    verdicts = may_contact_agencies(family, agencies)
    for each in agencies:
        each.may = verdicts[each.pk]
    context = {
        "family": family,
        "agencies": [each for each in agencies if each.ended_on is None],
        "earlier": [each for each in agencies if each.ended_on is not None],
        "flags": HouseholdFlag.objects.visible_to(request.user).filter(family=family),
        "answers": FlagAnswer.choices[1:],
    }
    return render(request, "families/around.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def agency_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "agency add")
    form = AgencyForm(sent_or_kept(request), family=family)

    def save() -> None:
        row = add_agency(by=request.user, family=family, **form.for_action())
        messages.success(request, _("Saved. %s is written down.") % row)

    then = reverse("families:around", args=[reference])
    return edit(request, form, save, template="families/agency_form.html", family=family, then=then)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def agency_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family = family_to_change(request, reference, "agency edit")
    row = get_object_or_404(OtherAgency.objects.visible_to(request.user), family=family, pk=pk)
    form = AgencyForm(sent_or_kept(request), instance=row, family=family)

    def save() -> None:
        edit_agency(by=request.user, row=row, **form.for_action())
        messages.success(request, _("Saved what we know about %s.") % row)

    then = reverse("families:around", args=[reference])
    return edit(request, form, save, template="families/agency_form.html", family=family, then=then, agency=row)


@require_POST
@require(Permission.FAMILY_EDIT)
def flag_answer(request: HttpRequest, reference: str, flag: str) -> HttpResponse:
    """What the family says about something a referrer told."""
    family = family_to_change(request, reference, "flag answer")
    answer = request.POST.get("answer", "")
    if flag not in Flag.values or answer not in FlagAnswer.values:
        raise Http404
    answer_flag(by=request.user, family=family, flag=flag, answer=answer)
    messages.success(request, _("Saved. The family’s own word counts from now on."))
    return redirect("families:around", reference)
