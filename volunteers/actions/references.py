"""Two people are asked whether they would trust a volunteer with families."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words
from betterstart.links.actions import give_link, take_back_links, use_up_link
from betterstart.links.models import Link
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from volunteers.actions.readiness import EvidenceRefused, must_keep, settle
from volunteers.models import Reference, ReferenceWords, Volunteer
from volunteers.models.reference import AnsweredBy, Judgement

Site = Callable[[str], str]
"""Turns a path into an address that can stand in a letter."""
REFERENCE_LINK = "volunteer.reference"
REFERENCE_LASTS = dt.timedelta(days=28)
ASKED_TWICE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def name_referee(
    *, by: User | None, volunteer: Volunteer, name: str, relation: str, email: str = "", phone: str = ""
) -> Reference:
    """Note whom to ask; `by` is None where the volunteer said so in an application. Writes "reference.named".

    Raises EvidenceRefused, PermissionDenied.
    """
    if by:
        must_keep(by, volunteer)
    email = email.strip().lower()
    if not email and not phone:
        raise EvidenceRefused({"email": _("Give an email address or a phone number, so that they can be asked.")})
    own = {volunteer.email.lower(), volunteer.user.email.lower() if volunteer.user else ""}
    if email and email in own:
        raise EvidenceRefused({"email": _("This is the volunteer’s own address. Somebody else has to say it.")})
    others = Reference.objects.filter(volunteer=volunteer).exclude(judgement=Judgement.NOT_NEEDED)
    if email and others.filter(email__iexact=email).exists():
        raise EvidenceRefused({"email": _("Somebody with this address is on the list already.")})
    named = {"name": name, "relation": relation, "email": email, "phone": phone}
    reference = Reference.objects.create(volunteer=volunteer, created_by=by, **named)
    _record(by, reference, "reference.named")
    return reference


@transaction.atomic
def ask_reference(*, by: User, reference: Reference, site: Site) -> bool:
    """Ask, or ask again, by a letter with a link that takes one answer; older links stop working.

    False where there is no address: they are rung instead, and the day they were asked is noted all the same.
    Writes "reference.asked". Raises EvidenceRefused where it has come, or is not needed; PermissionDenied.
    """
    reference = _locked(by, reference)
    if reference.answered_at or reference.judgement:
        raise EvidenceRefused(_("This reference is not waited for any more."))
    now = timezone.now()
    if reference.asked_at and now - reference.asked_at < ASKED_TWICE_WITHIN:
        return bool(reference.email)  # a button pressed twice is not two letters
    reference.asked_at, reference.asked_by = now, by
    reference.save(update_fields=["asked_at", "asked_by", "updated_at"])
    _record(by, reference, "reference.asked")
    if reference.email:
        _write(by, reference, site)
    settle(volunteer=reference.volunteer, by=by)
    return bool(reference.email)


def _write(by: User, reference: Reference, site: Site) -> None:
    take_back_links(by=by, purpose=REFERENCE_LINK, subject_id=reference.pk)
    link = give_link(by=by, purpose=REFERENCE_LINK, subject_id=reference.pk, lasts=REFERENCE_LASTS)
    name, organisation = reference.volunteer.display_name, reference.volunteer.organisation
    facts = {"reference": reference, "volunteer": name, "organisation": organisation, "link": site(link)}
    facts["until"] = day_in_words(timezone.now() + REFERENCE_LASTS)
    say(
        by=by,
        key=f"reference:{reference.pk}:{reference.asked_at:%Y%m%d%H%M%S%f}",
        kind="reference.ask",
        to=reference.email,
        subject=_("Would you say something about {name}?").format(name=name),
        body=render_to_string("volunteers/letters/reference.txt", facts).strip() + "\n",
        audience=Audience.PROFESSIONAL,
    )


@transaction.atomic
def answer_reference(*, link: Link, reference: Reference, **answers: Any) -> Reference:
    """Keep what a referee wrote on the page behind their link. Writes "reference.answered". Raises LinkGone."""
    use_up_link(link=link)
    with acting_as(Scope.ALL, None):
        reference = Reference.objects.select_for_update(of=("self",)).get(pk=reference.pk)
        _keep(reference, AnsweredBy.LINK, None, answers)
    return reference


@transaction.atomic
def note_reference(*, by: User, reference: Reference, **answers: Any) -> Reference:
    """Keep what a referee said on the phone. Their link stops working. Writes "reference.answered".

    Raises EvidenceRefused where they have answered already, PermissionDenied.
    """
    reference = _locked(by, reference)
    if reference.answered_at or reference.judgement:
        raise EvidenceRefused(_("Their answer is here already."))
    take_back_links(by=by, purpose=REFERENCE_LINK, subject_id=reference.pk)
    reference.asked_at = reference.asked_at or timezone.now()
    reference.asked_by = reference.asked_by or by
    _keep(reference, AnsweredBy.PHONE, by, answers)
    settle(volunteer=reference.volunteer, by=by)
    return reference


def _keep(reference: Reference, how: AnsweredBy, by: User | None, answers: dict[str, Any]) -> None:
    reference.answered_at, reference.answered_by = timezone.now(), how
    reference.save(update_fields=["answered_at", "answered_by", "asked_at", "asked_by", "updated_at"])
    ReferenceWords.objects.update_or_create(
        reference=reference, defaults={"volunteer_id": reference.volunteer_id, "taken_by": by, **answers}
    )
    _record(by, reference, "reference.answered")


@transaction.atomic
def judge_reference(*, by: User, reference: Reference, judgement: str, words: str = "") -> Reference:
    """Say whether a reference will do, or that it is no longer needed; other than yes needs a reason.

    Writes "reference.judged". Raises EvidenceRefused, PermissionDenied.
    """
    reference = _locked(by, reference)
    if judgement != Judgement.NOT_NEEDED and not reference.answered_at:
        raise EvidenceRefused({"judgement": _("They have not answered yet.")})
    if judgement != Judgement.SATISFACTORY and not words:
        raise EvidenceRefused({"words": _("Say why, in a few words: whoever reads this later will want to know.")})
    reference.judgement, reference.judged_by, reference.judged_at = judgement, by, timezone.now()
    reference.save(update_fields=["judgement", "judged_by", "judged_at", "updated_at"])
    ReferenceWords.objects.update_or_create(
        reference=reference, defaults={"volunteer_id": reference.volunteer_id, "judged_words": words}
    )
    take_back_links(by=by, purpose=REFERENCE_LINK, subject_id=reference.pk)
    _record(by, reference, "reference.judged", judgement=str(judgement))
    settle(volunteer=reference.volunteer, by=by)
    return reference


def _locked(by: User, reference: Reference) -> Reference:
    must_keep(by, reference.volunteer)
    rows = Reference.objects.select_for_update(of=("self",)).select_related(
        "volunteer__user", "volunteer__organisation"
    )
    return rows.get(pk=reference.pk)


def _record(by: User | None, reference: Reference, verb: str, **details: str) -> None:
    record(by=by, verb=verb, target=reference, label=f"volunteer {reference.volunteer_id}", details=details)
