from __future__ import annotations

import zoneinfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access import actions
from betterstart.access.decorators import signed_in_only
from betterstart.access.forms import AccountForm
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.access.reports import sessions_of


@require_http_methods(["GET", "POST"])
@signed_in_only
def account(request: HttpRequest) -> HttpResponse:
    """One's own name, language and time zone, and the ways one signs in."""
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        actions.update_account(by=request.user, **form.cleaned_data)
        translation.activate(request.user.language)
        messages.success(request, _("Saved. This is how you appear from now on."))
        return redirect("access:account")
    facts = {
        "form": form,
        "memberships": request.user.active_memberships,
        "second_factors": request.user.second_factors,
        "sessions": sessions_of(request.user),
        "has_calendar": request.user.may(Permission.VISIT_PLAN),
        "this_session": request.session.session_key,
    }
    with timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
        return render(request, "access/account.html", facts)


@require_safe
@signed_in_only
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a second step, and the two ways to have one. Paid people see nothing else until they have."""
    return render(request, "access/second_factor.html")
