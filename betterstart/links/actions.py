from __future__ import annotations

import datetime as dt
import re
import secrets

from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from betterstart.access.models import User, token_hash
from betterstart.audit.record import record
from betterstart.links.models import Link
from betterstart.links.purposes import page_of

TOKEN = re.compile(r"(/link/)[\w-]{20,}/")


class LinkGone(Exception):
    """The link was used, taken back or has run out."""


def give_link(*, by: User | None, purpose: str, subject_id: int, lasts: dt.timedelta) -> str:
    """Make a link and give its path, "/link/<token>/". The token is in the path alone and kept nowhere.

    Writes "link.given". Raises KeyError for a purpose that no app registered.
    """
    page_of(purpose)
    token = give_token(by=by, purpose=purpose, subject_id=subject_id, lasts=lasts)
    return reverse("links:open", kwargs={"token": token})


@transaction.atomic
def give_token(*, by: User | None, purpose: str, subject_id: int, lasts: dt.timedelta) -> str:
    """For an address that a program reads, which cannot follow a link to a page: the token alone (256 bits)."""
    token = secrets.token_urlsafe(32)
    link = Link.objects.create(
        token_hash=token_hash(token),
        purpose=purpose,
        subject_id=subject_id,
        created_by=by,
        expires_at=timezone.now() + lasts,
    )
    record(by=by, verb="link.given", target=link, label=purpose)
    return token


def without_tokens(text: str) -> str:
    """The same text with the token of every link taken out: for a letter that is kept after it was sent."""
    return TOKEN.sub(r"\1…/", text)


@transaction.atomic
def use_up_link(*, link: Link) -> None:
    """For links that serve once: of two people at the same time, one gets through. Raises LinkGone for the other."""
    if not Link.objects.live().filter(pk=link.pk).update(used_at=Now()):
        raise LinkGone
    record(by=None, verb="link.used", target=link, label=link.purpose)


@transaction.atomic
def take_back_links(*, by: User | None, purpose: str, subject_id: int) -> int:
    """Every live link for this purpose to this thing stops working now. Gives how many. Writes "link.taken_back"."""
    links = Link.objects.live().filter(purpose=purpose, subject_id=subject_id)
    gone = list(links.select_for_update())
    links.update(revoked_at=Now())
    for link in gone:
        record(by=by, verb="link.taken_back", target=link, label=purpose)
    return len(gone)
