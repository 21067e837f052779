from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.actions.family import AlreadyRegistered, NotYourService, edit_family, register_family
from families.actions.silence import end_silence
from families.forms.family import FamilyForm, RegisterForm
from families.models import Family
from families.reports.duplicates import LookAlikes, look_alikes
from families.reports.family_page import family_page
from families.reports.timeline import Key
from families.reports.timeline.story import story
from families.views.records import edit, family_to_change


@require_safe
@require(Permission.FAMILY_VIEW)
def family(request: HttpRequest, reference: str) -> HttpResponse:
    """The family's page; to htmx, an earlier stretch of its timeline."""
    before = Key.parse(request.GET.get("before", ""))
    page = family_page(request.user, reference, before=before)
    record_read(
        by=request.user,
        family_id=page.family.pk,
        family_reference=page.family.reference,
        page="family",
        reason=page.opening.reason if page.opening else "",
    )
    is_fragment = before and request.htmx and not request.htmx.history_restore_request
    template = "families/_family_timeline.html" if is_fragment else "families/family_detail.html"
    return render(request, template, {"page": page, "family": page.family, "before": before})


@require_safe
@require(Permission.FAMILY_VIEW)
def family_story(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything that happened, or one kind of it, from a month on; also as one long page for paper."""
    asked, on_paper = request.GET, "paper" in request.GET
    before = Key.parse(asked.get("before", ""))
    page = story(
        request.user,
        reference,
        group=asked.get("show", ""),
        month=asked.get("month", ""),
        before=before,
        on_paper=on_paper,
    )
    family = page.family
    name = "story on paper" if on_paper else "story"
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page=name, reason=page.reason)
    context = {"page": page, "family": family, "before": before, "on_paper": on_paper}
    is_fragment = before and request.htmx and not request.htmx.history_restore_request
    return render(request, "families/_story_thread.html" if is_fragment else "families/story.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_REGISTER)
def family_register(request: HttpRequest) -> HttpResponse:
    one_more = "one_more_child" in request.POST
    form = RegisterForm(request.POST or None, user=request.user, one_more_child=one_more)
    similar, status = LookAlikes(), 200
    if request.method == "POST" and not one_more:
        status = 422
        if form.is_valid():
            if before := _sent_before(request, form):
                return redirect("families:family", before.reference)
            fields = form.for_action()
            postcode = (fields["address"] or {}).get("postcode", "")
            similar = look_alikes(request.user, people=fields["people"], contacts=fields["contacts"], postcode=postcode)
            if form.is_another_family(similar.marks):
                return _register(request, form)
    return render(request, "families/family_register.html", {"form": form, "similar": similar}, status=status)


def _sent_before(request: HttpRequest, form: RegisterForm) -> Family | None:
    """The family that an earlier sending of the same form made. Anybody else's is not there for this person."""
    return Family.objects.visible_to(request.user).filter(uuid=form.cleaned_data["uuid"]).first()


def _register(request: HttpRequest, form: RegisterForm) -> HttpResponse:
    try:
        saved: Family | None = register_family(by=request.user, **form.for_action())
        messages.success(request, _("Saved. The next step is the first contact with %s.") % saved.in_words)
    except (AlreadyRegistered, NotYourService):
        saved = _sent_before(request, form)
        if saved is None:
            form.add_error(None, _("This form was used before. Please start a new one."))
            return render(request, "families/family_register.html", {"form": form, "similar": LookAlikes()}, status=422)
    return redirect("families:family", saved.reference)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def family_edit(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "family edit")
    form = FamilyForm(request.POST or None, instance=family)

    def save() -> None:
        edit_family(by=request.user, family=family, **form.cleaned_data)
        messages.success(request, _("Saved."))

    return edit(request, form, save, template="families/family_form.html", family=family)


@require_POST
@require(Permission.FAMILY_EDIT)
def silence_end(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "family")
    end_silence(by=request.user, family=family)
    messages.success(request, _("Reminders and messages may be sent to %s again.") % family.in_words)
    return redirect("families:family", family.reference)
