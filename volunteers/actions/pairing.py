"""Whether two may be brought together: the same rules wherever it is asked, judged with the rows held."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.transitions.machine import MoveRefused
from families.models import Support, SupportState
from volunteers.actions.pair_rules import why_not_at_home
from volunteers.models import MATCH_MACHINE, Match, MatchEndReason, NeverWith, Volunteer, VolunteerState

MATCHED_STATES = (SupportState.WAITING, SupportState.ACTIVE)
V = VolunteerState


class MatchRefused(ValidationError):
    """The match cannot begin, go on or end like this. `error_dict` has the sentences by field."""


def families_now(volunteer: Volunteer, by: User, besides: int | None = None) -> int:
    """How many families a volunteer is with or has been offered, also those the asker may not see.

    `besides`: a match that does not count.
    """
    with acting_as(Scope.ALL, by.pk):
        return Match.objects.taking_a_place().filter(volunteer=volunteer).exclude(pk=besides or 0).count()


def hold_pair(by: User, support: Support, volunteer: Volunteer) -> tuple[Support, Volunteer]:
    """The two rows as they stand, held until the transaction ends: first the support, then the volunteer.

    Whoever brings the same volunteer to another family at this moment waits here, and then finds the place taken.
    Raises MatchRefused when the asker does not coordinate the service.
    """
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise MatchRefused(_("You do not coordinate this service."))
    supports = Support.objects.select_for_update(of=("self",)).select_related("service", "family")
    volunteers = Volunteer.objects.select_for_update(of=("self",)).select_related("user")
    return supports.get(pk=support.pk), volunteers.get(pk=volunteer.pk)


def check_pair(by: User, support: Support, volunteer: Volunteer, match: Match | None = None) -> None:
    """What must hold of two who are brought together; `match`: theirs, if there is one already.

    The support waits or runs, the volunteer is ready and has a place, they are not together or asked already, nobody
    said that this volunteer must not come, they did not part for safety, and nothing that is known of the home speaks
    against it. Raises MatchRefused.
    """
    if support.state not in MATCHED_STATES:
        sentence = _("A match begins while a family waits for a volunteer or is visited. This support is: {now}.")
        raise MatchRefused(sentence.format(now=support.get_state_display()))
    check_volunteer(support, volunteer)
    before = Match.objects.open().filter(support=support, volunteer=volunteer)
    if before.exclude(pk=match.pk if match else 0).exists():
        sentence = _("{name} is with this family already, or has been asked.")
        raise MatchRefused({"volunteer": sentence.format(name=volunteer.display_name)})
    check_never(by, support, volunteer)
    if why := why_not_at_home(support, volunteer):
        raise MatchRefused({"volunteer": f"{volunteer.display_name}: {why}"})
    now = families_now(volunteer, by, match.pk if match else None)
    if now >= volunteer.most_families:
        sentence = ngettext(
            "{name} visits or is promised to {n} family already, as many as agreed.",
            "{name} visits or is promised to {n} families already, as many as agreed.",
            now,
        )
        raise MatchRefused({"volunteer": sentence.format(name=volunteer.display_name, n=now)})


def check_never(by: User, support: Support, volunteer: Volunteer) -> None:
    """Nobody said that these two must not meet, and they did not part for safety, in whichever support.

    Raises MatchRefused, without telling who said so or why.
    """
    with acting_as(Scope.ALL, by.pk):
        said = NeverWith.objects.standing().filter(family=support.family_id, volunteer=volunteer).exists()
        parted = Match.objects.filter(family=support.family_id, volunteer=volunteer, end_reason=MatchEndReason.SAFETY)
        said = said or parted.exists()
    if said:
        sentence = _("It was said that {name} and this family do not meet. Please choose somebody else.")
        raise MatchRefused({"volunteer": sentence.format(name=volunteer.display_name)})


def check_volunteer(support: Support, volunteer: Volunteer) -> None:
    """The volunteer may be with families now. Raises MatchRefused with the reason that may be told."""
    if Volunteer.objects.available_to(support.service).filter(pk=volunteer.pk).exists():
        return
    sentences = {
        V.SUSPENDED: _("{name} cannot be with families just now. Your manager or safeguarding lead knows more."),
        V.ON_BREAK: _("{name} takes a break just now."),
        V.CHECKING: _("{name} is not ready yet: checks are under way."),
        V.PREPARING: _("{name} is not ready yet."),
    }
    sentence = sentences.get(V(volunteer.state), _("{name} does not volunteer with this organisation now."))
    raise MatchRefused({"volunteer": sentence.format(name=volunteer.display_name)})


def hold_match(by: User, match: Match) -> Match:
    """The match as it stands, held. Raises MatchRefused when the asker does not coordinate its service."""
    rows = Match.objects.coordinated_by(by).select_for_update(of=("self",))
    stored = rows.select_related("support__service", "family", "volunteer__user").filter(pk=match.pk).first()
    if stored is None:
        raise MatchRefused(_("You do not coordinate this service."))
    return stored


def move_match(by: User, match: Match, to: str, *, reason: str = "", note: str = "", **changes: Any) -> None:
    """A move of MATCH_MACHINE. Raises MatchRefused with its sentence where it is not possible now."""
    try:
        MATCH_MACHINE.move(match, to=to, by=by, reason=reason, note=note, **changes)
    except MoveRefused as refusal:
        raise MatchRefused(str(refusal)) from refusal


def say(by: User, verb: str, match: Match, *, reason: str = "", **details: Any) -> None:
    """The audit event of an act about a match."""
    record(
        by=by,
        verb=verb,
        target=match,
        label=match.family.reference,
        family_id=match.family_id,
        reason=reason,
        details={"volunteer": match.volunteer.user_id, **details},
    )
