"""Unfinished forms of one person, and where each goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from families.models import Draft, Family

MOST_SHOWN = 5
# The purpose of a draft names its page: "visit-log", or "visit-edit-" and the id of the visit.
_OF_VISIT = re.compile(r"visit-(record|edit|missed)-([0-9a-f-]{36})")
_OF_FAMILY = {"visit-log", "visit-try"}


@dataclass(frozen=True)
class Unfinished:
    draft: Draft
    label: str
    url: str


def resume_url(family: Family, purpose: str) -> str:
    """The page on which this draft is written; the family's page where it is none of ours."""
    if found := _OF_VISIT.fullmatch(purpose):
        return reverse(f"families:visit-{found[1]}", args=[found[2]])
    return reverse(f"families:{purpose if purpose in _OF_FAMILY else 'family'}", args=[family.reference])


def unfinished(user: User) -> list[Unfinished]:
    """What this person was writing and has not sent, the newest first."""
    drafts = Draft.objects.visible_to(user).filter(purpose__startswith="visit-").select_related("family")
    return [
        Unfinished(draft, _label(draft.purpose), resume_url(draft.family, draft.purpose))
        for draft in drafts.order_by("-updated_at")[:MOST_SHOWN]
    ]


def _label(purpose: str) -> str:
    if purpose.startswith("visit-edit"):
        return _("a correction")
    if purpose.startswith(("visit-missed", "visit-try")):
        return _("why a visit did not happen")
    return _("a visit")
