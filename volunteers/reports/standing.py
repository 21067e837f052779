"""Where one volunteer stands, in words with the reason, and what can be done next. Nothing here is typed by anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import day_in_words
from volunteers.actions.account import has_the_role, invitation_of
from volunteers.models import Break, Interview, Leaving, Step, Suspension, Volunteer, VolunteerState, readiness
from volunteers.models.volunteer import ON_THEIR_WAY, OVER

V = VolunteerState
LOOKS: dict[str, tuple[str, str]] = {
    V.ENQUIRY: ("people", "message"),
    V.APPLIED: ("people", "inbox"),
    V.CHECKING: ("info", "clock"),
    V.PREPARING: ("info", "leaf"),
    V.READY: ("ok", "check"),
    V.ON_BREAK: ("still", "pause"),
    V.SUSPENDED: ("stop", "stop"),
    V.NOT_PROCEEDING: ("still", "end"),
    V.LEFT: ("still", "leaving"),
}


@dataclass(frozen=True)
class Act:
    """Something that can be done from here: a page, or at once."""

    label: str
    url: str
    icon: str
    at_once: bool = False
    leads: bool = False
    """The next thing to do; the others are quieter."""


@dataclass(frozen=True)
class Standing:
    word: str
    tone: str
    drawing: str
    reason: str
    acts: list[Act]


def standing_of(user: User, volunteer: Volunteer) -> Standing:
    """The state in words, why, and the acts of whoever coordinates here."""
    tone, drawing = LOOKS[volunteer.state]
    word, reason = str(VolunteerState(volunteer.state).label), _reason(user, volunteer)
    if volunteer.state == V.ON_BREAK:
        tone, drawing, word = _break_looks(volunteer)
    return Standing(word, tone, drawing, reason, list(_acts(volunteer)))


def _open_break(volunteer: Volunteer) -> Break | None:
    return Break.objects.open().filter(volunteer=volunteer).first()


def _break_looks(volunteer: Volunteer) -> tuple[str, str, str]:
    agreed = _open_break(volunteer)
    if agreed and agreed.lies_ahead:
        return "ok", "check", str(V.READY.label)
    if agreed and agreed.is_over:
        return "ok", "check", _("Back from a break")
    return "still", "pause", str(V.ON_BREAK.label)


def _reason(user: User, volunteer: Volunteer) -> str:
    state = volunteer.state
    if state in {V.ENQUIRY, V.APPLIED}:
        return _early_reason(volunteer)
    if state in {V.CHECKING, V.PREPARING}:
        return missing_in_words(volunteer, readiness(volunteer))
    if state == V.ON_BREAK:
        return break_in_words(_open_break(volunteer))
    if state == V.SUSPENDED:
        return suspended_since(user, volunteer)
    if state in OVER:
        leaving = Leaving.objects.filter(volunteer=volunteer).order_by("-pk").first()
        if leaving is None:
            return ""
        words = _("since {day}: {why}").format(day=day_in_words(leaving.left_on), why=leaving.get_reason_display())
        back = _("would come back: {answer}").format(answer=leaving.get_would_return_display())
        return f"{words} · {back}" if leaving.would_return else words
    return ""


def _early_reason(volunteer: Volunteer) -> str:
    application = getattr(volunteer, "application", None)
    if application is None:
        return ""
    if volunteer.state == V.APPLIED:
        return interview_wanted(Interview.objects.filter(volunteer=volunteer).order_by("-held_on", "-pk").first())
    return enquiry_in_words(application)


def enquiry_in_words(application: Any) -> str:
    """What an enquiry waits for."""
    if application.set_aside_because:
        return _("It looks as if a machine had sent this. Look at it before you answer.")
    if application.asked_again_at:
        return _("They asked again, and wait for an answer from us")
    if application.answered_at:
        return _("We answered; now it is up to them")
    return _("They wait for an answer from us")


def interview_wanted(latest: Interview | None) -> str:
    """What somebody who applied waits for."""
    if latest is None:
        return _("They wait for a talk with us")
    words = _("“Not now” was the outcome on {day}: they wait for a kind answer")
    return words.format(day=day_in_words(latest.held_on))


def missing_in_words(volunteer: Volunteer, steps: list[Step]) -> str:
    """The first thing that is missing, with its reason, and how many more there are."""
    missing = [_("{what}: {why}").format(what=step.title, why=step.reason) for step in steps if not step.is_done]
    if not missing:
        return "" if volunteer.user_id else _("Everything is there but an account: invite them.")
    more = len(missing) - 1
    words = ngettext("{n} more thing is missing", "{n} more things are missing", more).format(n=apnumber(more))
    return f"{missing[0]} {words.capitalize()}." if more else missing[0]


def break_in_words(agreed: Break | None) -> str:
    if agreed is None:
        return ""
    first, back = day_in_words(agreed.starts_on), day_in_words(agreed.back_on)
    if agreed.lies_ahead:
        return _("a break is agreed: from {first}, back on {back}").format(first=first, back=back)
    if agreed.is_over:
        return _("since {back}: ask how they are").format(back=back)
    return _("since {first}, back on {back}").format(first=first, back=back)


def suspended_since(user: User, volunteer: Volunteer) -> str:
    """When and by whom, for whoever may know that it is so; never why."""
    with acting_as(Scope.ALL, user.pk):
        row = Suspension.objects.open().select_related("suspended_by").filter(volunteer=volunteer).first()
    if row is None:
        return ""
    words = _("since {day}, by {who}: ask them, not the volunteer")
    return words.format(day=day_in_words(row.suspended_at), who=row.suspended_by.display_name)


def _acts(volunteer: Volunteer) -> Iterator[Act]:
    def at(name: str) -> str:
        return reverse(f"volunteers:{name}", args=[volunteer.pk])

    state = volunteer.state
    if state == V.ENQUIRY or state in OVER:
        if volunteer.email:
            yield Act(_("Send the link to the application"), at("send-link"), "send", at_once=True, leads=True)
        yield Act(_("Fill it in together"), at("together"), "edit", at_once=True)
    if state == V.ENQUIRY:
        yield Act(_("We have talked"), at("answered"), "check", at_once=True)
    if state == V.APPLIED:
        yield Act(_("Write down the talk"), at("interview"), "quote", leads=True)
    if state == V.PREPARING and not has_the_role(volunteer):
        again = invitation_of(volunteer) is not None
        words = _("Send the invitation again") if again else _("Invite to an account")
        yield Act(words, at("invite"), "key", at_once=True, leads=not again)
    elif state == V.PREPARING and all(step.is_done for step in readiness(volunteer)):
        yield Act(_("I have looked: everything is in date"), at("looked"), "check", at_once=True, leads=True)
    if state == V.READY:
        yield Act(_("Agree a break"), at("break"), "pause")
    if state == V.ON_BREAK:
        agreed = _open_break(volunteer)
        yield Act(_("They are back"), at("back"), "check", at_once=True, leads=bool(agreed and agreed.is_over))
        yield Act(_("Change the dates"), at("break"), "calendar")
    if not volunteer.user_id:
        yield Act(_("Change name or contact"), at("reach"), "edit")
    if state in ON_THEIR_WAY:
        yield Act(_("They do not go on"), at("leave"), "end")
    if state in {V.READY, V.ON_BREAK}:
        yield Act(_("Say goodbye"), at("leave"), "leaving")
    if state in OVER and Leaving.objects.filter(volunteer=volunteer).exists():
        yield Act(_("The goodbye"), at("goodbye"), "quote")
