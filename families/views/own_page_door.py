"""The door of an adult's own page: in with a link and a code, out at once."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import open_to_all
from betterstart.access.limits import too_often
from betterstart.links.opened import close_link, link_gone, opened_link
from families.actions.own_page import (
    OWN_PAGE_LINK,
    PageClosed,
    PageRefused,
    TooManyWrong,
    WrongCode,
    choose_code,
    enter_page,
)
from families.forms.own_page import ChooseCodeForm, CodeForm
from families.forms.records import show_refusal
from families.models import OwnPage
from families.views.own_page_session import LEFT, entered_page, forget_all, note_entered, own_page_only


@require_http_methods(["GET", "POST"])
@open_to_all
def own_open(request: HttpRequest) -> HttpResponse:
    """Asks for the code. Nothing here says whose page it is, or what is on it: whoever has the link may be anybody."""
    link = opened_link(request, OWN_PAGE_LINK)
    if link is None:
        return _back(request)
    form = CodeForm(request.POST or None)
    if request.method != "POST":
        return render(request, "families/own/open.html", {"form": form})
    status = 422
    if form.is_valid():
        try:
            page = enter_page(link=link, code=form.cleaned_data["code"])
        except TooManyWrong:
            return render(request, "families/own/closed.html", status=403)
        except PageClosed:
            return link_gone(request)
        except WrongCode as wrong:
            form.add_error("code", _wrong_words(wrong))
            # Many wrong codes from one place are somebody trying; what they try at still counts by itself.
            status = 429 if too_often(request, "own_page.code", by_address=60, by_browser=20) else 422
        else:
            close_link(request, OWN_PAGE_LINK)
            note_entered(request, page, form.cleaned_data["device"])
            return redirect("families:own-code" if page.code_is_first else "families:own")
    return render(request, "families/own/open.html", {"form": form}, status=status)


def _back(request: HttpRequest) -> HttpResponse:
    """Without a link: to the page if it is open here, to nothing of ours after leaving, else to the neutral page."""
    if entered_page(request):
        return redirect("families:own")
    return redirect(settings.LEAVE_TO) if request.session.get(LEFT) else link_gone(request)


def _wrong_words(wrong: WrongCode) -> str:
    if wrong.wait_until is None:
        return _("This is not the code. Please try again.")
    minutes = wrong.minutes_left
    words = ngettext(
        "This is not the code, or it was tried too often. Please wait {n} minute, then try again.",
        "This is not the code, or it was tried too often. Please wait {n} minutes, then try again.",
        minutes,
    )
    return words.format(n=minutes)


@require_http_methods(["GET", "POST"])
@partial(own_page_only, before_code=True)
def own_code(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """A code of their own: before anything else, and whenever they like."""
    form = ChooseCodeForm(request.POST or None)
    context = {"form": form, "page": page}
    if request.method != "POST":
        return render(request, "families/own/code.html", context)
    if not form.is_valid():
        return render(request, "families/own/code.html", context, status=422)
    try:
        choose_code(page=page, code=form.cleaned_data["code"])
    except PageRefused as refusal:
        show_refusal(form, refusal)
        return render(request, "families/own/code.html", context, status=422)
    except PageClosed:
        return link_gone(request)
    return render(request, "families/own/code_chosen.html", {"page": page})


@require_safe
@open_to_all
def own_leave(request: HttpRequest) -> HttpResponse:
    """Away from here at once: the page is closed in this browser, and going back shows nothing of ours."""
    forget_all(request)
    answer = HttpResponseRedirect(settings.LEAVE_TO)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer
