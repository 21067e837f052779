"""Thanking a volunteer, and that it reached them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import FamilyMember, Purpose, Support
from families.models.own_words import VOICES
from families.models.sharing import may_use
from volunteers.models import Match, Thanks, Volunteer


class ThanksRefused(ValidationError):
    """This cannot be passed on, or not by this person."""


@dataclass(frozen=True)
class FamilySaid:
    """What an adult of a family said, word by word, and in which language."""

    member: FamilyMember
    words: str
    language: str
    translation: str = ""


@transaction.atomic
def thank(*, by: User, volunteer: Volunteer, words: str = "", said: FamilySaid | None = None) -> Thanks:
    """Thank a volunteer, in one's own words or with those of a family that lets us use them. It waits on their page.

    Whoever may see the volunteer may thank them; what a family said is passed on by those who answer for its support.
    Writes "thanks.given", without the words. Raises ThanksRefused.
    """
    if volunteer.user_id == by.pk or not Volunteer.objects.visible_to(by).filter(pk=volunteer.pk).exists():
        raise ThanksRefused(_("You can thank the volunteers you work with."))
    if not words and said is None:
        raise ThanksRefused({"words": _("Write what you would like to say, or what the family said.")})
    facts = _of_the_family(by, volunteer, said) if said else {}
    row = Thanks.objects.create(volunteer=volunteer, given_by=by, words=words, **facts)
    family = said.member.family if said else None
    record(
        by=by,
        verb="thanks.given",
        target=row,
        label=family.reference if family else volunteer.display_name,
        family_id=family.pk if family else None,
    )
    return row


def _of_the_family(by: User, volunteer: Volunteer, said: FamilySaid) -> dict[str, object]:
    """What is kept of a family's words. Only of families the volunteer is or was with, and with the adult's yes."""
    supports = Support.objects.responsible_to(by).filter(family=said.member.family_id)
    if not Match.objects.filter(volunteer=volunteer, support__in=supports).exclude(started_on=None).exists():
        raise ThanksRefused({"member": _("Choose somebody this volunteer is or was with.")})
    if said.member.role not in VOICES:
        raise ThanksRefused({"member": _("Choose an adult of the family.")})
    verdict = may_use(adult=said.member, organisation_id=volunteer.organisation_id, purpose=Purpose.STORY)
    if not verdict:
        asked = _("Ask {name} first whether we may use their words.").format(name=said.member)
        raise ThanksRefused({"member": f"{verdict.reason} {asked}"})
    return {
        "family": said.member.family,
        "member": said.member,
        "family_words": said.words,
        "language": said.language,
        "translation": said.translation,
    }


@transaction.atomic
def thanks_read(*, by: User, thanks: Thanks) -> Thanks:
    """It reached the volunteer: it is kept among their thanks. Reading it twice changes nothing."""
    stored = Thanks.objects.to(by).select_for_update(of=("self",)).get(pk=thanks.pk)
    if stored.read_at is None:
        stored.read_at = timezone.now()
        stored.save(update_fields=["read_at"])
        record(by=by, verb="thanks.read", target=stored, label=by.display_name)
    return stored
