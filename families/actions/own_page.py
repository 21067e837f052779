"""An adult's own page: given by a coordinator, opened by a link and a code, taken back at any time."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.links.actions import give_link, take_back_links
from betterstart.links.models import Link
from betterstart.reminders.actions import say
from families.models import Channel, ContactMethod, FamilyMember, HandedOver, KeptApart, OwnPage, PageEnded, Support
from families.models.own_page import PAGE_ROLES, WAITS_MINUTES
from families.models.reaching import people_to_reach
from families.models.safe_contact import BY_HAND, Content, Verdict, may_contact
from families.models.support import OPEN_STATES

OWN_PAGE_LINK = "families.own_page"
LASTS = dt.timedelta(days=365)
CODE_LENGTHS = (4, 6)
WORD_LENGTHS = (6, 30)


class PageRefused(ValidationError):
    """This page cannot be given, or this code cannot be chosen, and why."""


class WrongCode(Exception):
    """This is not the code. `wait_until`: when the next one is looked at, if not at once."""

    def __init__(self, wait_until: dt.datetime | None = None) -> None:
        super().__init__()
        self.wait_until = wait_until

    @property
    def minutes_left(self) -> int:
        return ceil((self.wait_until - timezone.now()).total_seconds() / 60) if self.wait_until else 0


class PageClosed(Exception):
    """The page opens no more, with any code."""


class TooManyWrong(PageClosed):
    """This was one wrong code too many."""


@dataclass(frozen=True)
class Given:
    """What is told once, and kept nowhere: the address for the adult alone, and the first code, to be said to them."""

    page: OwnPage
    address: str
    first_code: str


@transaction.atomic
def give_page(*, by: User, support: Support, adult: FamilyMember, how: str, site: Callable[[str], str]) -> Given:
    """Give one adult a link to their own page, in place of the one they had, and a first code to be told in person.

    `site` makes a whole address of a path. By email it goes to an address that was said to be safe and theirs alone.
    Writes "own_page.given". Raises PageRefused.
    """
    support, adult = _may_be_given(by, support, adult)
    if refusal := why_not_given(adult, how):
        raise PageRefused({"how": refusal})
    _end(by, OwnPage.objects.filter(adult=adult, organisation=support.service.organisation_id), PageEnded.RENEWED)
    first_code = f"{secrets.randbelow(10**6):06}"
    page = OwnPage.objects.create(
        family=support.family,
        adult=adult,
        support=support,
        organisation_id=support.service.organisation_id,
        given_by=by,
        given_how=how,
        expires_at=timezone.now() + LASTS,
        code=make_password(first_code),
    )
    address = site(give_link(by=by, purpose=OWN_PAGE_LINK, subject_id=page.pk, lasts=LASTS))
    if how == HandedOver.EMAIL:
        _send(by, page, address)
    _record(by, page, "own_page.given", how=how)
    return Given(page=page, address=address, first_code=first_code)


def _may_be_given(by: User, support: Support, adult: FamilyMember) -> tuple[Support, FamilyMember]:
    """Both as they are now, the adult locked against leaving meanwhile."""
    mine = Support.objects.coordinated_by(by).filter(pk=support.pk, state__in=OPEN_STATES)
    found = mine.select_related("service", "family").first()
    if found is None:
        raise PageRefused(_("You do not coordinate this service, or this support is over."))
    member = FamilyMember.objects.select_for_update().filter(pk=adult.pk, family=found.family).first()
    if member is None or member.left_on or member.role not in PAGE_ROLES:
        raise PageRefused(_("A page is for an adult who is part of this family now."))
    return found, member


def why_not_given(adult: FamilyMember, how: str) -> str:
    """Why this adult must not get the link this way; nothing where they may. Asks what stands in the whole record."""
    with acting_as(Scope.ALL, None):
        return _verdict(adult, how).why


def _verdict(adult: FamilyMember, how: str) -> Verdict:
    """Access is given by somebody of us; an email may wait for a better hour, which the gate sees to."""
    person = people_to_reach([adult.pk])[adult.pk]
    if how != HandedOver.EMAIL:
        return may_contact(person, BY_HAND, timezone.now(), Content(gives_access=True, is_automatic=False))
    content = Content(gives_access=True, holds_link=True, words=_letter("")[1])
    verdict = may_contact(person, Channel.EMAIL, timezone.now(), content)
    return replace(verdict, why="") if verdict.may_later else verdict


def must_not_be_told(adult: FamilyMember) -> bool:
    """Whether somebody wrote down that this person must never hear anything of the family. Ask with `Scope.ALL`."""
    rows = list(KeptApart.objects.in_force().filter(family=adult.family_id))
    ways = list(ContactMethod.objects.filter(member=adult)) if rows else []
    return any(row.is_about(adult, ways) for row in rows)


def _letter(address: str) -> tuple[str, str]:
    """Subject and text: nothing of it says who writes, or about what."""
    words = _("Here is the address we spoke about. It is for you alone.")
    return _("As we agreed"), f"{words}\n\n{address}".strip()


def _send(by: User, page: OwnPage, address: str) -> None:
    with acting_as(Scope.ALL, None):
        way = _verdict(page.adult, HandedOver.EMAIL).way
    subject, body = _letter(address)
    say(
        by=by,
        key=f"own_page:{page.pk}",
        kind="own_page",
        to=way.value if way else "",
        subject=subject,
        body=body,
        family_id=page.family_id,
        person_id=page.adult_id,
    )


@transaction.atomic
def take_back_page(*, by: User, page: OwnPage) -> None:
    """The link opens nothing any more, and whoever has the page open sees no more of it. Writes "own_page.ended"."""
    if Support.objects.coordinated_by(by).filter(pk=page.support_id).exists():
        _end(by, OwnPage.objects.filter(pk=page.pk), PageEnded.TAKEN_BACK)


@transaction.atomic
def page_that_opens(page_id: int) -> OwnPage | None:
    """The page with its adult, if it still may be opened. One whose adult must not be told anything any more ends now.

    Writes "own_page.ended".
    """
    with acting_as(Scope.ALL, None):
        page = OwnPage.objects.live().select_related("adult").filter(pk=page_id).first()
        if page and must_not_be_told(page.adult):
            _end(None, OwnPage.objects.filter(pk=page.pk), PageEnded.APART)
            return None
    return page


def _end(by: User | None, pages: object, because: PageEnded) -> None:
    with acting_as(Scope.ALL, by.pk if by else None):
        for page in pages.select_for_update().filter(ended_at=None):  # type: ignore[attr-defined]
            take_back_links(by=by, purpose=OWN_PAGE_LINK, subject_id=page.pk)
            page.ended_at, page.ended_because, page.ended_by = timezone.now(), because, by
            page.save(update_fields=["ended_at", "ended_because", "ended_by"])
            _record(by, page, "own_page.ended", because=str(because))


def enter_page(*, link: Link, code: str) -> OwnPage:
    """Open the page behind a link with its code. After wrong ones one has to wait, and after several it closes.

    What is no possible code is not counted. Gives the page as it was, so that the page can say when it was last
    opened. Writes "own_page.opened", "own_page.wrong_code", "own_page.ended". Raises WrongCode, TooManyWrong,
    PageClosed.
    """
    if page_that_opens(link.subject_id) is None:
        raise PageClosed
    with transaction.atomic(), acting_as(Scope.ALL, None):
        page = OwnPage.objects.live().select_for_update(of=("self",)).filter(pk=link.subject_id).first()
        if page is None:
            raise PageClosed
        if page.wait_until:
            raise WrongCode(page.wait_until)
        is_right = check_password(as_typed(code), page.code)
        if is_right:
            OwnPage.objects.filter(pk=page.pk).update(wrong_codes=0, wrong_code_at=None, last_opened_at=Now())
            _record(None, page, "own_page.opened")
        else:
            _count_wrong(page)
    if not is_right:
        if page.wrong_codes > len(WAITS_MINUTES):
            raise TooManyWrong
        raise WrongCode(page.wait_until)
    return page


def _count_wrong(page: OwnPage) -> None:
    page.wrong_codes, page.wrong_code_at = page.wrong_codes + 1, timezone.now()
    page.save(update_fields=["wrong_codes", "wrong_code_at"])
    _record(None, page, "own_page.wrong_code", tries=page.wrong_codes)
    if page.wrong_codes > len(WAITS_MINUTES):
        _end(None, OwnPage.objects.filter(pk=page.pk), PageEnded.WRONG_CODES)


@transaction.atomic
def choose_code(*, page: OwnPage, code: str) -> None:
    """The adult's own code, in place of the first one or the one before. Writes "own_page.code_chosen".

    Raises PageRefused where anybody who knows them could guess it, PageClosed.
    """
    typed = as_typed(code)
    with acting_as(Scope.ALL, None):
        stored = OwnPage.objects.live().select_for_update(of=("self",)).filter(pk=page.pk).first()
        if stored is None:
            raise PageClosed
        if problem := _guessable(typed, stored):
            raise PageRefused({"code": problem})
        chosen = {"code": make_password(typed), "code_is_first": False, "code_chosen_at": Now()}
        OwnPage.objects.filter(pk=page.pk).update(**chosen)
        _record(None, stored, "own_page.code_chosen")


@transaction.atomic
def note_kept(*, page: OwnPage, kind: str) -> None:
    """They took their page along, as this kind of file. Writes "own_page.kept"."""
    with acting_as(Scope.ALL, None):
        _record(None, OwnPage.objects.select_related("family", "adult").get(pk=page.pk), "own_page.kept", kind=kind)


def as_typed(code: str) -> str:
    """The digits of every script as 0 to 9; words without capitals, accents' forms or spaces: as people remember."""
    letters = unicodedata.normalize("NFKC", code).casefold()
    digits = (str(unicodedata.digit(char)) if char.isdigit() else char for char in letters)
    return "".join(char for char in digits if not char.isspace())


def is_possible(code: str) -> bool:
    """Whether this could be a code at all: what a machine fills into a field is not counted against anybody."""
    typed = as_typed(code)
    low, high = CODE_LENGTHS if typed.isdecimal() else WORD_LENGTHS
    return low <= len(typed) <= high


def _guessable(typed: str, page: OwnPage) -> str:
    """Why this code protects nothing; nothing where it does."""
    if not is_possible(typed):
        return _("Choose four to six digits, or a word of six letters or more.")
    steps = {ord(after) - ord(before) for before, after in pairwise(typed)}
    if len(set(typed)) < 3 or steps in ({1}, {-1}):
        return _("This is easy to guess. Choose one with other digits or letters.")
    # One sentence for all of these: it tells nobody whose birthday or name it is.
    known = _("Somebody who knows you could guess this. Choose another one.")
    people = list(page.family.members.all())
    if typed.isdecimal() and any(typed in _dates_of(person) for person in people if person.date_of_birth):
        return known
    if any(typed in as_typed(name) for person in people for name in (person.display_name, person.known_as) if name):
        return known
    return ""


def _dates_of(person: FamilyMember) -> set[str]:
    """A birthday as people make codes of it."""
    ways = ("%d%m", "%m%d", "%Y", "%d%m%y", "%m%d%y", "%y%m%d", "%m%y", "%m%Y")
    return {person.date_of_birth.strftime(way) for way in ways} if person.date_of_birth else set()


def _record(by: User | None, page: OwnPage, verb: str, **details: object) -> None:
    """The audit trail knows the adult by their uuid, and nothing of what they saw or wrote."""
    record(
        by=by,
        verb=verb,
        target=page,
        label=page.family.reference,
        family_id=page.family_id,
        details={"adult": str(page.adult.uuid), **details},
    )
