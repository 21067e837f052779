from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access import actions
from betterstart.access.actions import AccessRefused, InvitationGone
from betterstart.access.actions.invitation import Link
from betterstart.access.decorators import open_to_all, require
from betterstart.access.forms import AcceptForm, InviteForm
from betterstart.access.models import Invitation, User
from betterstart.access.permissions import Permission
from betterstart.access.views import attempted


def _link(request: HttpRequest) -> Link:
    return lambda token: request.build_absolute_uri(reverse("access:accept", args=[token]))


@require_http_methods(["GET", "POST"])
@require(Permission.PEOPLE_MANAGE)
@reauthentication_required
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, by=request.user)
    if attempted(request, form, lambda: actions.invite(by=request.user, link=_link(request), **form.letter)):
        text = _("The invitation is on its way to %(email)s. The link works for seven days.")
        messages.success(request, text % {"email": form.cleaned_data["email"]})
        return redirect(f"{reverse('access:people')}?show=invited")
    return render(request, "access/invite.html", {"form": form})


@require_POST
@require(Permission.PEOPLE_MANAGE)
def resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=invitation_id)
    try:
        actions.resend_invitation(by=request.user, invitation=invitation, link=_link(request))
    except AccessRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Sent again to %(email)s, with a new link.") % {"email": invitation.email})
    return redirect(f"{reverse('access:people')}?show=invited")


@require_POST
@require(Permission.PEOPLE_MANAGE)
def revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=invitation_id)
    try:
        actions.revoke_invitation(by=request.user, invitation=invitation)
    except AccessRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. The link sent to %(email)s is dead.") % {"email": invitation.email})
    return redirect(f"{reverse('access:people')}?show=invited")


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link. Looking changes nothing: mail scanners look."""
    invitation = Invitation.objects.for_token(token).select_related("organisation", "service").first()
    if invitation is None:
        return render(request, "access/invitation_gone.html", status=404)
    account = User.objects.filter(email=invitation.email, is_active=True).first()
    try:
        if account and request.user == account:
            return _join(request, invitation, token)
        if account or request.user.is_authenticated:
            facts = {"invitation": invitation, "has_account": bool(account)}
            return render(request, "access/invitation_sign_in.html", facts)
        return _begin(request, invitation, token)
    except InvitationGone:
        return render(request, "access/invitation_gone.html", status=404)
    except AccessRefused:
        # Why is for whoever invited them: the person with the link may not be told it here.
        return render(request, "access/invitation_gone.html", {"refused": True}, status=409)


def _join(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """For somebody who has an account and is signed in to it."""
    if request.method == "POST":
        actions.accept_as(by=request.user, token=token)
        messages.success(request, _("Welcome. Your new role is in place."))
        return redirect("home")
    return render(request, "access/invitation_join.html", {"invitation": invitation})


def _begin(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """For somebody new: name and password, then straight in. Paid roles are led on to their second factor."""
    form = AcceptForm(request.POST or None, email=invitation.email, initial={"display_name": invitation.display_name})
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("display_name", "password")}
        user = actions.accept_as_new(token=token, **chosen)
        response = perform_login(request, Login(user=user, email=user.email))
        if request.user.is_authenticated:
            # The password was chosen this minute: setting up a second factor need not ask for it again.
            reauthenticate_by_password(request)
        return response
    return render(request, "access/invitation_begin.html", {"form": form, "invitation": invitation})
