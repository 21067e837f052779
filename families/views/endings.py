from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.actions.ending import (
    EndingNeedsAnswer,
    add_turn_to,
    agree_ending,
    plan_ending_visits,
    posting,
    record_follow_up,
    remove_turn_to,
    take_step,
)
from families.actions.own_words import adults_of
from families.forms.ending import AgreeForm, FollowUpForm, SeriesForm, TakeForm, TurnToForm
from families.models import EndingStep, StepKind, Support, SupportState, TurnTo, Way
from families.reports.ending import (
    ending_page,
    keepsake,
    letter_language,
    letter_words,
    planned_days,
    thinning_out,
    usual_plan,
)
from families.views.records import edit, family_to_change, take
from families.views.writing import write

PREPARED = (SupportState.ACTIVE, SupportState.PAUSED, SupportState.ENDING)


def support_to_end(request: HttpRequest, reference: str, pk: int, page: str) -> Support:
    """A support in a service this person coordinates, or 404. Notes that the record was opened."""
    family = family_to_change(request, reference, page)
    supports = Support.objects.coordinated_by(request.user).filter(family=family)
    return get_object_or_404(supports.select_related("service__organisation", "family"), pk=pk)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def ending(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Every step of a planned ending on one page; the form agrees the day."""
    support = support_to_end(request, reference, pk, "ending")
    form = AgreeForm(sent_or_kept(request), support=support)

    def save() -> None:
        agree_ending(by=request.user, support=support, **form.cleaned_data)
        messages.success(request, _("Saved. Now there is time to part well."))

    status = 200
    if request.method == "POST":
        try:
            status = take(form, save)
        except EndingNeedsAnswer as asked:
            form.ask(asked.questions)
            status = 422
    if status == 302:
        return redirect("families:ending", reference, pk)
    context = {"family": support.family, "page": ending_page(support), "form": form}
    context["may_agree"] = support.state in PREPARED
    return render(request, "families/ending.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.SUPPORT_MOVE)
def ending_visits(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A series of visits with more and more time between them, until the agreed last one."""
    support = support_to_end(request, reference, pk, "ending visits")
    taken = planned_days(support)
    offered = thinning_out(support, taken)
    if support.state != SupportState.ENDING or (request.method == "GET" and not offered):
        messages.info(request, _("There is nothing to plan for this ending now."))
        return redirect("families:ending", reference, pk)
    every_day = offered if request.method == "GET" else thinning_out(support)

    def form_class(*args, **kwargs):  # type: ignore[no-untyped-def]
        return SeriesForm(*args, support=support, offered=every_day, **kwargs)

    def save(form: SeriesForm) -> HttpResponse:
        cleaned = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        visits = plan_ending_visits(by=request.user, support=support, **cleaned)
        words = ngettext("{n} visit is planned.", "{n} visits are planned.", len(visits))
        messages.success(request, words.format(n=len(visits)))
        return redirect("families:ending", reference, pk)

    initial = {"uuid": uuids.uuid4(), "days": [day.isoformat() for day in offered], **usual_plan(support, request.user)}
    return write(
        request,
        form_class,  # type: ignore[arg-type]
        family=support.family,
        template="families/ending_visits.html",
        initial=initial,
        save=save,
        support=support,
        taken=taken,
    )


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def ending_step(request: HttpRequest, reference: str, pk: int, kind: str) -> HttpResponse:
    """One step: what became of it, in which words, by which way."""
    support = support_to_end(request, reference, pk, "ending step")
    if kind not in StepKind.values:
        raise Http404
    step = EndingStep.objects.standing().filter(support=support, kind=kind).first()
    words = letter_words(support, request.user) if kind == StepKind.LETTER else ""
    form = TakeForm(sent_or_kept(request), support=support, kind=kind, step=step, words=words)

    def save() -> None:
        take_step(by=request.user, support=support, kind=kind, **form.for_action())
        messages.success(request, _("Saved."))

    context = {"support": support, "kind": StepKind(kind), "step": step}
    if kind == StepKind.SCORES:
        context["adults"] = adults_of(support.family)
    if kind == StepKind.TURN_TO:
        context |= {"turn_to": TurnTo.objects.standing().filter(support=support), "line": TurnToForm()}
    template = "families/ending_step.html"
    answer = edit(request, form, save, template=template, family=support.family, **context)
    return redirect("families:ending", reference, pk) if answer.status_code == 302 else answer


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def turn_to_add(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    support = support_to_end(request, reference, pk, "ending step")
    if (data := sent_or_kept(request)) is None:
        return redirect("families:ending-step", reference, pk, StepKind.TURN_TO)
    form = TurnToForm(data)

    def save() -> None:
        add_turn_to(by=request.user, support=support, **form.cleaned_data)

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:ending-step", reference, pk, StepKind.TURN_TO)
    step = EndingStep.objects.standing().filter(support=support, kind=StepKind.TURN_TO).first()
    context = {"support": support, "family": support.family, "kind": StepKind.TURN_TO, "step": step, "line": form}
    context["form"] = TakeForm(support=support, kind=StepKind.TURN_TO, step=step)
    context["turn_to"] = TurnTo.objects.standing().filter(support=support)
    return render(request, "families/ending_step.html", context, status=status)


@require_POST
@require(Permission.SUPPORT_MOVE)
def turn_to_remove(request: HttpRequest, reference: str, pk: int, line: int) -> HttpResponse:
    support = support_to_end(request, reference, pk, "ending step")
    row = get_object_or_404(TurnTo.objects.standing().select_related("support__family"), pk=line, support=support)
    remove_turn_to(by=request.user, row=row)
    messages.success(request, _("Taken from the list."))
    return redirect("families:ending-step", reference, pk, StepKind.TURN_TO)


@require_safe
@require(Permission.SUPPORT_MOVE)
def letter(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """The letter on paper, as it was written."""
    support = support_to_end(request, reference, pk, "letter")
    step = EndingStep.objects.standing().filter(support=support, kind=StepKind.LETTER).exclude(words="").first()
    if step is None:
        messages.info(request, _("Write the letter first. It is printed from here."))
        return redirect("families:ending-step", reference, pk, StepKind.LETTER)
    turn_to = TurnTo.objects.standing().filter(support=support)
    asked = posting(support) if step.way == Way.POST else None
    return _for_the_family(request, support, "families/letter.html", step=step, turn_to=turn_to, posting=asked)


@require_safe
@require(Permission.SUPPORT_MOVE)
def keepsake_page(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """What we did together, on a page that is the family's."""
    support = support_to_end(request, reference, pk, "keepsake")
    with translation.override(letter_language(support)):
        kept = keepsake(support)
    return _for_the_family(request, support, "families/keepsake.html", keepsake=kept)


def _for_the_family(request: HttpRequest, support: Support, template: str, **context: object) -> HttpResponse:
    """A sheet in the family's language where there is a translation, on a page that tells the worker of it."""
    language = letter_language(support)
    context |= {"support": support, "family": support.family, "sheet_language": language}
    context["is_translated"] = not support.family.language or language.startswith(support.family.language.split("-")[0])
    context["back"] = reverse("families:ending", args=[support.family.reference, support.pk])
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def follow_up(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Six to eight weeks later: how are they? Asked once."""
    support = support_to_end(request, reference, pk, "follow-up")
    page = ending_page(support)
    if request.method == "GET" and not page.may_follow_up:
        words = _("This family was asked already. A family is asked once.") if page.follow_up else page.follow_up_due
        messages.info(request, words or _("The support has not ended."))
        return redirect("families:ending", reference, pk)
    form = FollowUpForm(sent_or_kept(request))

    def save() -> None:
        record_follow_up(by=request.user, support=support, **form.cleaned_data)
        messages.success(request, _("Saved. Thank you for asking them."))

    answer = edit(request, form, save, template="families/follow_up.html", family=support.family, support=support)
    return redirect("families:ending", reference, pk) if answer.status_code == 302 else answer
