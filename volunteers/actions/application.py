"""The application itself: written in steps without an account, kept until it is sent, sent once."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from betterstart.links.actions import take_back_links, use_up_link
from betterstart.links.models import Link
from betterstart.transitions.machine import MoveRefused
from volunteers.actions.enquiry import APPLY_LINK, MAY_APPLY, Site, send_link, write
from volunteers.models import VOLUNTEER_MACHINE, ApplicationDraft, Volunteer, VolunteerState

OLD_ENOUGH = 18
OLDEST = 110
KEPT = dt.timedelta(days=1)
KEPT_FOR_THE_LETTER = dt.timedelta(days=14)
LONGEST_DRAFT = 40_000


class ApplicationRefused(ValidationError):
    """This cannot be so. `error_dict` has a sentence for each field."""


class TooYoung(ApplicationRefused):
    """Not yet 18. `comes_of_age` is the day from which they may apply."""

    def __init__(self, comes_of_age: dt.date) -> None:
        self.comes_of_age = comes_of_age
        sentence = _("Our volunteers are 18 or older. You can apply from {day}.")
        super().__init__({"date_of_birth": sentence.format(day=day_in_words(comes_of_age))})


class DraftTooLong(Exception):
    """More was typed than a draft holds: it stays on the page."""


def comes_of_age(born: dt.date) -> dt.date:
    """The day somebody turns 18: who was born on 29 February does so on 1 March."""
    try:
        return born.replace(year=born.year + OLD_ENOUGH)
    except ValueError:
        return dt.date(born.year + OLD_ENOUGH, 3, 1)


def check_age(born: dt.date) -> None:
    """Raises TooYoung, or ApplicationRefused for a day on which nobody who applies was born."""
    today = london_today()
    if born > today:
        raise ApplicationRefused({"date_of_birth": _("This day has not come yet.")})
    if born.year < today.year - OLDEST:
        raise ApplicationRefused({"date_of_birth": _("This is very long ago. Is the year right?")})
    if (day := comes_of_age(born)) > today:
        raise TooYoung(day)


def check_referees(referees: list[dict[str, str]], own_email: str) -> None:
    """Two people, each with an address of their own. Raises ApplicationRefused."""
    first, second = (person["email"].lower() for person in referees)
    for number, email in (("1", first), ("2", second)):
        if email and email == own_email.lower():
            raise ApplicationRefused({f"email_{number}": _("This is your own address.")})
    if first == second:
        raise ApplicationRefused({"email_2": _("This is the same address as above. We ask two different people.")})


def find_draft(uuid: str | None) -> ApplicationDraft | None:
    """The draft that a browser is writing, while it is kept."""
    if not uuid:
        return None
    with acting_as(Scope.ALL, None):
        return ApplicationDraft.objects.kept().select_related("volunteer__service").filter(uuid=uuid).first()


@transaction.atomic
def begin_draft(*, volunteer: Volunteer, must_confirm: bool = False, looks_robotic: bool = False) -> ApplicationDraft:
    """What a browser may write from now on, for a day after its last step."""
    with acting_as(Scope.ALL, None):
        return ApplicationDraft.objects.create(
            volunteer=volunteer,
            must_confirm=must_confirm,
            looks_robotic=looks_robotic,
            kept_until=timezone.now() + KEPT,
        )


@transaction.atomic
def keep_step(*, draft: ApplicationDraft, step: str, typed: dict[str, list[str]], looks_robotic: bool) -> None:
    """Keep what was typed in one step. Raises DraftTooLong."""
    if sum(len(value) for values in typed.values() for value in values) > LONGEST_DRAFT:
        raise DraftTooLong
    with acting_as(Scope.ALL, None):
        draft.typed = {**draft.typed, step: typed}
        draft.looks_robotic |= looks_robotic
        draft.kept_until = max(draft.kept_until, timezone.now() + KEPT)
        # By its uuid: a draft that was taken up elsewhere in this moment is no longer this browser's.
        ApplicationDraft.objects.filter(pk=draft.pk, uuid=draft.uuid).update(
            typed=draft.typed, looks_robotic=draft.looks_robotic, kept_until=draft.kept_until
        )


@transaction.atomic
def take_up_link(*, link: Link, held: str | None = None) -> ApplicationDraft | None:
    """From the letter: the link is used up, and the draft belongs to this browser alone from now on. `held` is the uuid
    of the draft it was writing. None where there is nothing more to send: they have applied by now. Raises LinkGone.

    Whoever typed the address somewhere else may be a stranger: every other browser loses its draft, and what was typed
    about an address that was known already is here only where it was typed in this browser.
    """
    use_up_link(link=link)
    with acting_as(Scope.ALL, None):
        volunteer = Volunteer.objects.get(pk=link.subject_id)
        if volunteer.state not in MAY_APPLY:
            return None
        drafts = list(ApplicationDraft.objects.kept().filter(volunteer=volunteer).order_by("-created_at"))
        mine = [row for row in drafts if str(row.uuid) == held]
        draft = next(iter(mine + [row for row in drafts if not row.must_confirm]), None)
        ApplicationDraft.objects.filter(pk__in=[row.pk for row in drafts if row != draft]).delete()
        if draft is None:
            return begin_draft(volunteer=volunteer)
        draft.uuid, draft.must_confirm = uuids.uuid4(), False
        draft.save(update_fields=["uuid", "must_confirm"])
    return draft


@transaction.atomic
def send_application(
    *, by: User | None, draft: ApplicationDraft, told: dict[str, Any], site: Site, set_aside_because: str = ""
) -> None:
    """Send what was written. Where the address still has to be confirmed, a letter with a link goes there and nothing
    else happens; where somebody has applied already, neither. `told`: fields of Application, and date_of_birth.

    Writes "volunteer.applied". Raises TooYoung and ApplicationRefused.
    """
    check_age(told["date_of_birth"])
    with acting_as(Scope.ALL, by.pk if by else None):
        rows = Volunteer.objects.select_for_update(of=("self",)).select_related("user", "application")
        volunteer = rows.get(pk=draft.volunteer_id)
        check_referees(told["referees"], volunteer.email)
        if draft.must_confirm:
            _ask_to_confirm(draft, volunteer, site)
            return
        ApplicationDraft.objects.filter(volunteer=volunteer).delete()
        if volunteer.state not in MAY_APPLY:
            return
        _apply(by, volunteer, told, set_aside_because)


def _apply(by: User | None, volunteer: Volunteer, told: dict[str, Any], set_aside_because: str) -> None:
    now, application = timezone.now(), volunteer.application
    fields = {name: value for name, value in told.items() if name != "date_of_birth"}
    for name, value in fields.items():
        setattr(application, name, value)
    application.applied_at = application.dbs_agreed_at = application.privacy_told_at = now
    application.set_aside_because = application.set_aside_because or set_aside_because
    application.asked_again_at = None
    application.save()
    try:
        VOLUNTEER_MACHINE.move(
            volunteer, to=VolunteerState.APPLIED, by=by, date_of_birth=told["date_of_birth"], left_on=None
        )
    except MoveRefused as refusal:
        kindly = _("We cannot take this in here. Please ring us, so that we can talk.")
        raise ApplicationRefused(str(refusal) if by else kindly) from refusal
    take_back_links(by=by, purpose=APPLY_LINK, subject_id=volunteer.pk)
    record(by=by, verb="volunteer.applied", target=volunteer)


def _ask_to_confirm(draft: ApplicationDraft, volunteer: Volunteer, site: Site) -> None:
    draft.kept_until = timezone.now() + KEPT_FOR_THE_LETTER
    draft.save(update_fields=["kept_until"])
    if volunteer.state in MAY_APPLY:
        send_link(by=None, volunteer=volunteer, site=site)
    else:
        write(by=None, volunteer=volunteer, name="known", subject=_("We have your message"))


@transaction.atomic
def forget_old_applications() -> int:
    """Remove what nobody sent in time; gives how many."""
    with acting_as(Scope.ALL, None):
        return ApplicationDraft.objects.filter(kept_until__lte=timezone.now()).delete()[0]
