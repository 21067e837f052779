from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access import actions
from betterstart.access.decorators import require
from betterstart.access.forms import EndRoleForm, PeopleFilterForm, ReasonForm, RestoreForm, RoleForm
from betterstart.access.models import Membership, User
from betterstart.access.permissions import Permission
from betterstart.access.reports import ended_together, invitations_page, people_page, sessions_of
from betterstart.access.views import attempted

TABS = (("active", _("Working here")), ("invited", _("Invited")), ("ended", _("Ended")))


def _person(request: HttpRequest, person_id: int) -> User:
    return get_object_or_404(User.objects.looked_after_by(request.user), pk=person_id)


@require_safe
@require(Permission.PEOPLE_MANAGE)
def people(request: HttpRequest) -> HttpResponse:
    """Who works here, who is invited, whose access ended."""
    form = PeopleFilterForm(request.GET, by=request.user)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    shown = request.GET.get("show") if request.GET.get("show") in dict(TABS) else "active"
    after = int(key) if (key := request.GET.get("after", "")).isdecimal() and len(key) < 19 else None
    if shown == "invited":
        page = invitations_page(request.user, after=after, **chosen)
    else:
        page = people_page(request.user, ended=shown == "ended", after=after, **chosen)
    tabs = [{"url": f"?show={key}", "label": label, "current": key == shown} for key, label in TABS]
    facts = {"form": form, "page": page, "shown": shown, "tabs": tabs, "filtered": bool(chosen), "after": after}
    return render(request, "access/people.html", facts)


@require_safe
@require(Permission.PEOPLE_MANAGE)
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    facts = {
        "person": person,
        "memberships": Membership.objects.administered_by(request.user)
        .filter(user=person)
        .select_related("organisation", "service")
        .order_by("-starts_at", "-pk"),
        "second_factors": person.second_factors.all(),
        "sessions": sessions_of(person),
        "is_me": person == request.user,
    }
    return render(request, "access/person.html", facts)


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def add_role(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    form = RoleForm(request.POST or None, by=request.user)
    if attempted(request, form, lambda: actions.give_role(by=request.user, person=person, **form.granted)):
        messages.success(request, _("Saved. %(name)s has the new role from now on.") % {"name": person})
        return redirect("access:person", person.pk)
    return render(request, "access/role_form.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def end_role(request: HttpRequest, person_id: int, membership_id: int) -> HttpResponse:
    memberships = Membership.objects.administered_by(request.user).select_related("user", "organisation", "service")
    membership = get_object_or_404(memberships.not_over(), pk=membership_id, user=person_id)
    form = EndRoleForm(request.POST or None)
    if attempted(request, form, lambda: actions.end_role(by=request.user, membership=membership, **form.wish)):
        messages.success(request, _("Saved. The role ends as you chose: %(role)s") % {"role": membership})
        return redirect("access:person", person_id)
    facts = {"form": form, "membership": membership, "person": membership.user}
    return render(request, "access/end_role.html", facts)


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def end_access(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    form = ReasonForm(request.POST or None)
    if attempted(request, form, lambda: actions.end_access(by=request.user, person=person, **form.cleaned_data)):
        text = (
            _("%(name)s has no role with you any more.") if person.is_active else _("%(name)s has no access any more.")
        )
        messages.success(request, text % {"name": person})
        return redirect("access:person", person.pk)
    held = Membership.objects.administered_by(request.user).filter(user=person).not_over()
    facts = {"form": form, "person": person, "memberships": held.select_related("organisation", "service")}
    return render(request, "access/end_access.html", facts)


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def restore_access(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    sent = request.POST if request.method == "POST" else None  # also when no box is ticked
    form = RestoreForm(sent, memberships=ended_together(request.user, person))
    if attempted(request, form, lambda: actions.restore_access(by=request.user, person=person, **form.cleaned_data)):
        messages.success(request, _("%(name)s can sign in again.") % {"name": person})
        return redirect("access:person", person.pk)
    return render(request, "access/restore_access.html", {"form": form, "person": person})


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def reset_second_factor(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    form = ReasonForm(request.POST or None)
    if attempted(
        request, form, lambda: actions.reset_second_factor(by=request.user, person=person, **form.cleaned_data)
    ):
        messages.success(request, _("Done. %(name)s sets it up again at the next sign-in.") % {"name": person})
        return redirect("access:person", person.pk)
    return render(request, "access/reset_second_factor.html", {"form": form, "person": person})


@require_POST
@require(Permission.PEOPLE_MANAGE)
def sign_out_everywhere(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _person(request, person_id)
    actions.sign_out_everywhere(by=request.user, person=person)
    messages.success(request, _("%(name)s is signed out on every device.") % {"name": person})
    return redirect("access:person", person.pk)
