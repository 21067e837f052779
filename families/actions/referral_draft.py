from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.links.actions import give_link, use_up_link
from betterstart.links.models import Link
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from families.actions.referrer import letter
from families.models import ReferralDraft

Typed = dict[str, list[str]]
RETURN_LINK = "referral.return"
KEPT = dt.timedelta(days=1)
KEPT_FOR_A_LINK = dt.timedelta(days=14)
LONGEST_DRAFT = 40_000


class DraftTooLong(Exception):
    """More was typed than a draft holds: it stays on the page."""


def find_draft(uuid: str | None) -> ReferralDraft | None:
    """The draft that a browser is writing, while it is kept."""
    if not uuid:
        return None
    with acting_as(Scope.ALL, None):
        return ReferralDraft.objects.filter(uuid=uuid, kept_until__gt=timezone.now()).first()


@transaction.atomic
def keep_draft(
    *, draft: ReferralDraft | None, kind: str, step: str, typed: Typed, looks_robotic: bool = False
) -> ReferralDraft:
    """Keep what was typed in one step of a form, for a day after the last of it. Raises DraftTooLong."""
    if sum(len(value) for values in typed.values() for value in values) > LONGEST_DRAFT:
        raise DraftTooLong
    with acting_as(Scope.ALL, None):
        if draft is None or draft.kind != kind:
            draft = ReferralDraft(kind=kind, kept_until=timezone.now() + KEPT)
        draft.typed = {**draft.typed, step: typed}
        draft.looks_robotic |= looks_robotic
        draft.kept_until = max(draft.kept_until, timezone.now() + KEPT)
        draft.save()
    return draft


@transaction.atomic
def send_return_link(*, draft: ReferralDraft, email: str, site: Callable[[str], str]) -> None:
    """Keep a draft for two weeks and send a link to it, which opens it once. Writes "link.given"."""
    with acting_as(Scope.ALL, None):
        draft.kept_until = timezone.now() + KEPT_FOR_A_LINK
        draft.save(update_fields=["kept_until"])
    link = give_link(by=None, purpose=RETURN_LINK, subject_id=draft.pk, lasts=KEPT_FOR_A_LINK)
    say(
        by=None,
        key=f"{RETURN_LINK}:{uuids.uuid4()}",
        kind=RETURN_LINK,
        to=email,
        subject=_("Go on with what you began"),
        body=letter("return", link=site(link)),
        audience=Audience.ASKER,
        is_asked_for=True,
    )


@transaction.atomic
def take_up_draft(*, link: Link) -> ReferralDraft | None:
    """The draft behind a link, which serves once; None where its time is over. Raises LinkGone."""
    use_up_link(link=link)
    with acting_as(Scope.ALL, None):
        return ReferralDraft.objects.filter(pk=link.subject_id, kept_until__gt=timezone.now()).first()


@transaction.atomic
def forget_draft(*, uuid: uuids.UUID) -> None:
    """It was sent, or whoever wrote it wants it gone."""
    with acting_as(Scope.ALL, None):
        ReferralDraft.objects.filter(uuid=uuid).delete()


@transaction.atomic
def forget_old_drafts() -> int:
    """Remove what nobody sent in time; gives how many."""
    with acting_as(Scope.ALL, None):
        return ReferralDraft.objects.filter(kept_until__lte=timezone.now()).delete()[0]
