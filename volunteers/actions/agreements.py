"""What volunteers agree to: words by version, signed on their own page or on paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, Service, User
from betterstart.audit.record import record
from betterstart.clock import london_date, london_today
from volunteers.actions.readiness import EvidenceRefused, must_keep, settle
from volunteers.models import AgreementSigned, AgreementWording, Volunteer
from volunteers.models.agreement import OUR_WORDS, AgreementKind, SignedHow


def words_now(organisation_id: int, kind: str) -> AgreementWording:
    """The newest words of an agreement; our own, not kept yet, where the organisation has none."""
    rows = AgreementWording.objects.filter(organisation=organisation_id, kind=kind)
    return rows.order_by("-version").first() or _our_words(organisation_id, kind)


def _our_words(organisation_id: int, kind: str) -> AgreementWording:
    with translation.override("en-gb"):
        return AgreementWording(
            organisation_id=organisation_id, kind=kind, version=1, words=str(OUR_WORDS[AgreementKind(kind)])
        )


def _kept(wording: AgreementWording) -> AgreementWording:
    """The same as a row, so that it stays known what was signed."""
    if wording.pk:
        return wording
    return AgreementWording.objects.get_or_create(
        organisation_id=wording.organisation_id,
        kind=wording.kind,
        version=wording.version,
        defaults={"words": wording.words},
    )[0]


@transaction.atomic
def word_agreement(
    *, by: User, organisation: Organisation, kind: str, words: str, after: int, sign_again_from: dt.date | None = None
) -> AgreementWording:
    """Write a new version, after the one that was shown. With a day, older ones no longer count from then on.

    Writes "agreement.worded". Raises EvidenceRefused where somebody wrote one meanwhile; PermissionDenied.
    """
    coordinates = Service.objects.coordinated_by(by).filter(organisation=organisation)
    administers = Organisation.objects.administered_by(by).filter(pk=organisation.pk)
    if not (coordinates.exists() or administers.exists()):
        raise PermissionDenied
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    newest = _kept(words_now(organisation.pk, kind))
    if newest.version != after:
        raise EvidenceRefused(_("Somebody wrote a new version while you were here. Read it before you write another."))
    if words == newest.words:
        raise EvidenceRefused({"words": _("These are the words that are there already.")})
    if sign_again_from and sign_again_from < london_today():
        raise EvidenceRefused({"sign_again_from": _("This day is over. Give people time to read the new words.")})
    wording = AgreementWording.objects.create(
        organisation=organisation,
        kind=kind,
        version=newest.version + 1,
        words=words,
        sign_again_from=sign_again_from,
        by=by,
    )
    record(by=by, verb="agreement.worded", target=wording, label=f"{kind} {wording.version}")
    return wording


@transaction.atomic
def sign_agreement(*, by: User, volunteer: Volunteer, kind: str, version: int, answer: bool = True) -> AgreementSigned:
    """A volunteer signs for themselves what they have read. Writes "agreement.signed".

    Raises EvidenceRefused where the words have changed since they were shown, or for a "no" to what is needed.
    """
    if volunteer.user_id != by.pk:
        raise PermissionDenied
    wording = words_now(volunteer.organisation_id, kind)
    if wording.version != version:
        raise EvidenceRefused(_("The words have changed since you opened this page. Please read them again."))
    return _sign(by, volunteer, wording, SignedHow.OWN_PAGE, london_today(), answer)


@transaction.atomic
def note_signed(*, by: User, volunteer: Volunteer, kinds: Collection[str], signed_on: dt.date) -> int:
    """A coordinator has signed papers in their hands, in the newest words. Writes "agreement.signed" for each.

    Raises EvidenceRefused, PermissionDenied.
    """
    must_keep(by, volunteer)
    if signed_on > london_today():
        raise EvidenceRefused({"signed_on": _("This day has not come yet.")})
    wordings = [words_now(volunteer.organisation_id, kind) for kind in kinds]
    for wording in wordings:
        # Our own words, which nobody here wrote, were there before they were kept.
        if wording.by_id and signed_on < london_date(wording.created_at):
            words = _("On this day “{what}” had other words. Choose a later day, or ask them to sign the new ones.")
            raise EvidenceRefused({"signed_on": words.format(what=AgreementKind(wording.kind).label)})
    for wording in wordings:
        _sign(by, volunteer, wording, SignedHow.PAPER, signed_on, answer=True)
    return len(kinds)


def _sign(
    by: User, volunteer: Volunteer, wording: AgreementWording, how: SignedHow, on: dt.date, answer: bool
) -> AgreementSigned:
    if not answer and wording.kind != AgreementKind.PHOTO:
        raise EvidenceRefused(_("Without this agreement nobody visits families. Talk with your coordinator first."))
    wording = _kept(wording)
    last = AgreementSigned.objects.filter(volunteer=volunteer, wording=wording).order_by("-pk").first()
    if last and last.answer == answer:
        return last  # signed twice is signed once
    signed = AgreementSigned.objects.create(
        volunteer=volunteer, wording=wording, how=how, signed_on=on, noted_by=by, answer=answer
    )
    record(by=by, verb="agreement.signed", target=signed, label=f"{wording.kind} {wording.version}")
    settle(volunteer=volunteer, by=by)
    return signed
