"""A coordinator's page of the checks and the training of one volunteer, and each thing that is noted there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.views.records import take
from volunteers.actions.agreements import note_signed
from volunteers.actions.dbs import ask_for_dbs, decide_dbs, note_update_service, see_certificate
from volunteers.actions.references import ask_reference, judge_reference, name_referee, note_reference
from volunteers.forms.agreements import PaperForm
from volunteers.forms.dbs import AskDbsForm, CertificateForm, DecideForm, UpdateServiceForm
from volunteers.forms.references import JudgeForm, PhoneReferenceForm, RefereeForm
from volunteers.models import DbsCheck, DbsReason, Reference, ReferenceWords, Volunteer, readiness
from volunteers.models.dbs import Decision
from volunteers.reports.checks import checks_of, is_with_families


def kept_or_404(request: HttpRequest, pk: int) -> Volunteer:
    return get_object_or_404(Volunteer.objects.kept_by(request.user).select_related("user", "organisation"), pk=pk)


def form_page(
    request: HttpRequest, form: Any, save: Callable[[], Any], volunteer: Volunteer, **words: Any
) -> HttpResponse:
    """A form about one volunteer's checks: `title`, `sub`, `button`, and `saved`, which is said once it is kept."""
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, words["saved"])
        return redirect("volunteers:checks", volunteer.pk)
    context = {"form": form, "volunteer": volunteer, **words}
    return render(request, "volunteers/check_form.html", context, status=status)


@require_safe
@require(Permission.VOLUNTEER_MANAGE)
def checks(request: HttpRequest, pk: int) -> HttpResponse:
    """Each step with where it stands and why, and what stands behind it."""
    volunteer = kept_or_404(request, pk)
    return render(request, "volunteers/checks.html", {"volunteer": volunteer, "page": checks_of(volunteer)})


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def reference_add(request: HttpRequest, pk: int) -> HttpResponse:
    volunteer = kept_or_404(request, pk)
    form = RefereeForm(request.POST or None)

    def save() -> None:
        reference = name_referee(by=request.user, volunteer=volunteer, **form.cleaned_data)
        ask_reference(by=request.user, reference=reference, site=request.build_absolute_uri)

    return form_page(
        request,
        form,
        save,
        volunteer,
        title=_("Who can tell us about {name}?").format(name=volunteer),
        sub=_("They get a letter with a link, and answer on a page. The link lasts four weeks."),
        button=_("Ask them"),
        saved=_("Asked. Somebody without an email address is waiting for your call."),
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def reference(request: HttpRequest, pk: int) -> HttpResponse:
    """What a referee said; say whether it will do."""
    row = _reference_or_404(request, pk)
    words = ReferenceWords.objects.visible_to(request.user).filter(reference=row).select_related("taken_by").first()
    form = JudgeForm(request.POST or None, has_come=bool(row.answered_at))

    def save() -> None:
        judge_reference(by=request.user, reference=row, **form.cleaned_data)
        messages.success(request, _("Kept."))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("volunteers:checks", row.volunteer_id)
    context = {"reference": row, "words": words, "form": form, "volunteer": row.volunteer}
    return render(request, "volunteers/reference.html", context, status=status)


@require_POST
@require(Permission.VOLUNTEER_MANAGE)
def reference_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, or ask again; the link before this one stops working."""
    row = _reference_or_404(request, pk)
    try:
        is_sent = ask_reference(by=request.user, reference=row, site=request.build_absolute_uri)
    except ValidationError as refusal:
        messages.warning(request, refusal.messages[0])
    else:
        sent, ring = _("A letter is on its way to {name}."), _("Noted. Now ring {name}: there is no email address.")
        messages.success(request, (sent if is_sent else ring).format(name=row.name))
    return redirect("volunteers:reference", row.pk)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def reference_phone(request: HttpRequest, pk: int) -> HttpResponse:
    row = _reference_or_404(request, pk)
    form = PhoneReferenceForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: note_reference(by=request.user, reference=row, **form.cleaned_data),
        row.volunteer,
        title=_("What did {name} say?").format(name=row.name),
        sub=_("The same questions as on the page behind the link, in their words."),
        button=_("Keep it"),
        saved=_("Kept. Now say whether it is satisfactory."),
    )


def _reference_or_404(request: HttpRequest, pk: int) -> Reference:
    mine = Reference.objects.kept_by(request.user)
    return get_object_or_404(mine.select_related("volunteer__user", "asked_by", "judged_by"), pk=pk)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def dbs_add(request: HttpRequest, pk: int) -> HttpResponse:
    volunteer = kept_or_404(request, pk)
    form = AskDbsForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: ask_for_dbs(by=request.user, volunteer=volunteer, **form.cleaned_data),
        volunteer,
        title=_("A DBS check for {name}").format(name=volunteer),
        sub=_("Note it once they have agreed and it is asked for. Whoever is alone with small children needs an "
              "enhanced check with the children’s barred list."),
        button=_("Keep it"),
        saved=_("Kept. Note the certificate when you have it in your hands."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def dbs_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    check = _dbs_or_404(request, pk)
    form = CertificateForm(request.POST or None, check=check)
    return form_page(
        request,
        form,
        lambda: see_certificate(by=request.user, check=check, **form.cleaned_data),
        check.volunteer,
        title=_("The certificate of {name}").format(name=check.volunteer),
        sub=_("Have the paper in your hands. We keep what stands on it, and no picture of it."),
        button=_("I have seen it"),
        saved=_("Kept. If there is information on it, a manager is asked to decide."),
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def dbs_update_service(request: HttpRequest, pk: int) -> HttpResponse:
    check = _dbs_or_404(request, pk)
    form = UpdateServiceForm(request.POST or None, initial={"until": check.update_service_until})
    return form_page(
        request,
        form,
        lambda: note_update_service(by=request.user, check=check, **form.cleaned_data),
        check.volunteer,
        title=_("Update Service: {name}").format(name=check.volunteer),
        sub=_("Look only with their permission. A look that finds no change renews the check."),
        button=_("Keep it"),
        saved=_("Kept."),
    )


def _dbs_or_404(request: HttpRequest, pk: int) -> DbsCheck:
    return get_object_or_404(DbsCheck.objects.kept_by(request.user).select_related("volunteer__user"), pk=pk)


@require_safe
@require(Permission.DBS_DECIDE)
def dbs_to_decide(request: HttpRequest) -> HttpResponse:
    """For managers: certificates with information on them, those without a decision first."""
    mine = DbsCheck.objects.filter(volunteer__in=Volunteer.objects.overseen_by(request.user))
    waiting = mine.to_decide().select_related("volunteer__user", "seen_by").order_by("seen_at")
    reasons = DbsReason.objects.visible_to(request.user)
    decided = reasons.select_related("dbs__decided_by", "volunteer__user").order_by("-updated_at")[:30]
    return render(request, "volunteers/dbs_to_decide.html", {"waiting": waiting[:30], "decided": decided})


def _decided(request: HttpRequest, volunteer: Volunteer, decision: str) -> HttpResponse:
    if decision == Decision.NOT_GO_ON and is_with_families(volunteer, request.user):
        words = _("Decided. {name} is with families now: suspend them here, and their access is gone at once.")
        messages.warning(request, words.format(name=volunteer.display_name))
        return redirect("volunteers:suspend", volunteer.pk)
    messages.success(request, _("Decided. The coordinators see what you decided, and not why."))
    return redirect("volunteers:dbs-to-decide")


@require_http_methods(["GET", "POST"])
@require(Permission.DBS_DECIDE)
def dbs_decide(request: HttpRequest, pk: int) -> HttpResponse:
    mine = DbsCheck.objects.filter(volunteer__in=Volunteer.objects.overseen_by(request.user)).seen()
    check = get_object_or_404(mine.select_related("volunteer__user", "seen_by"), pk=pk)
    form = DecideForm(request.POST or None)

    def save() -> None:
        decide_dbs(by=request.user, check=check, **form.cleaned_data)

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return _decided(request, check.volunteer, form.cleaned_data["decision"])
    reason = DbsReason.objects.visible_to(request.user).filter(dbs=check).first()
    context = {"form": form, "check": check, "steps": readiness(check.volunteer), "reason": reason}
    return render(request, "volunteers/dbs_decide.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def agreement_paper(request: HttpRequest, pk: int) -> HttpResponse:
    volunteer = kept_or_404(request, pk)
    form = PaperForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: note_signed(by=request.user, volunteer=volunteer, **form.cleaned_data),
        volunteer,
        title=_("What has {name} signed on paper?").format(name=volunteer),
        sub=_("In the newest words. Keep the paper where you keep papers; no picture of it is needed here."),
        button=_("Note it"),
        saved=_("Noted."),
    )
