"""Somebody would like to volunteer: taken in once for each person, and answered the same to everybody."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import take_back_invitations
from betterstart.access.models import Organisation, Service, ServiceKind, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.links.actions import give_link, take_back_links
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from betterstart.transitions.machine import MoveRefused
from volunteers.models import VOLUNTEER_MACHINE, Application, Volunteer, VolunteerState
from volunteers.models.application import HowAsked
from volunteers.models.volunteer import OVER
from volunteers.models.volunteer_moves import may_come_back

APPLY_LINK = "volunteer.apply"
LINK_LASTS = dt.timedelta(days=28)
Site = Callable[[str], str]
"""Turns a path into an address that can stand in a letter."""
MAY_APPLY = (VolunteerState.ENQUIRY, *OVER)


class EnquiryRefused(ValidationError):
    """This cannot be so. `error_dict` has a sentence for each field."""


@dataclass(frozen=True)
class Enquiry:
    volunteer: Volunteer
    was_known: bool
    """The address was on the list before. Whoever asked just now is not told."""


def asked_in_public() -> Any:
    """The services whose volunteers anybody may become, without an account: home visiting that is asked for online."""
    return Service.objects.asked_for_in_public().filter(kind=ServiceKind.HOME_VISITING)


def known_as(organisation: Organisation, email: str) -> Volunteer | None:
    """Who of the organisation's people has this address, by what they gave or by their account."""
    same = Q(email__iexact=email) | Q(user__email__iexact=email)
    rows = Volunteer.objects.filter(same, organisation=organisation).select_related("user", "application")
    return rows.order_by("-pk").first() if email else None


@transaction.atomic
def enquire(
    *,
    by: User | None,
    uuid: uuids.UUID,
    service: Service,
    site: Site,
    name: str,
    email: str = "",
    phone: str = "",
    set_aside_because: str = "",
    **told: Any,
) -> Enquiry:
    """Take in that somebody would like to volunteer; with an email, send them the link to the rest. One row a person.

    Without `by` it came from the public form. `uuid` is that of the form: sent again, it is the same enquiry. An
    address that is known changes nothing but that they asked again, and only that address hears so. `told`: heard_of,
    draws, how, page_language, enquired_at. Writes "volunteer.asked". Raises EnquiryRefused.
    """
    if not email and not phone:
        raise EnquiryRefused({"phone": _("Give one way to reach you: a phone number or an email.")})
    services = Service.objects.coordinated_by(by) if by else asked_in_public()
    if not services.filter(pk=service.pk).exists():
        raise EnquiryRefused({"service": _("This service does not look for volunteers here.")})
    with acting_as(Scope.ALL, by.pk if by else None):
        # One at a time in an organisation: the same person twice at the same moment is one row.
        Organisation.objects.select_for_update().get(pk=service.organisation_id)
        sent = Application.objects.filter(uuid=uuid).select_related("volunteer").first()
        if sent:
            return Enquiry(sent.volunteer, was_known=False)
        known = known_as(service.organisation, email)
        if known and by:
            raise EnquiryRefused({"email": _("{name} is on the list already.").format(name=known.display_name)})
        if known:
            return _ask_again(known, site)
        person = {"name": name, "email": email.lower(), "phone": phone}
        volunteer = Volunteer.objects.create(
            organisation=service.organisation, service=service, created_by=by, **person
        )
        application = Application(volunteer=volunteer, uuid=uuid, set_aside_because=set_aside_because, **told)
        if by and application.how != HowAsked.ONLINE:
            application.answered_at, application.answered_by = timezone.now(), by
        application.save()
        VOLUNTEER_MACHINE.note_start(volunteer, by=by)
        record(by=by, verb="volunteer.asked", target=volunteer, details={"how": application.how})
        if email and not set_aside_because and not by:
            send_link(by=None, volunteer=volunteer, site=site)
    return Enquiry(volunteer, was_known=False)


def _ask_again(known: Volunteer, site: Site) -> Enquiry:
    application = getattr(known, "application", None) or Application(volunteer=known)
    application.asked_again_at = timezone.now()
    application.save()
    record(by=None, verb="volunteer.asked", target=known, details={"again": True})
    if known.state in MAY_APPLY:
        send_link(by=None, volunteer=known, site=site)
    else:
        write(by=None, volunteer=known, name="known", subject=_("We have your message"))
    return Enquiry(known, was_known=True)


def send_link(*, by: User | None, volunteer: Volunteer, site: Site) -> None:
    """The link to the application, to their address; the one before stops working. It serves once, for four weeks."""
    take_back_links(by=by, purpose=APPLY_LINK, subject_id=volunteer.pk)
    link = give_link(by=by, purpose=APPLY_LINK, subject_id=volunteer.pk, lasts=LINK_LASTS)
    write(by=by, volunteer=volunteer, name="apply", subject=_("About volunteering with us"), link=site(link))


def write(*, by: User | None, volunteer: Volunteer, name: str, subject: str, **facts: Any) -> None:
    """A letter of ours to somebody on their way, in the language they wrote to us in."""
    language = volunteer.application.page_language if hasattr(volunteer, "application") else "en-gb"
    with translation.override(language):
        body = render_to_string(f"volunteers/letters/{name}.txt", {"volunteer": volunteer, **facts})
    say(
        by=by,
        key=f"volunteer.{name}:{uuids.uuid4()}",
        kind=f"volunteer.{name}",
        to=volunteer.user.email if volunteer.user else volunteer.email,
        subject=subject,
        body=body.strip() + "\n",
        audience=Audience.ASKER,
        is_asked_for=True,
    )


@transaction.atomic
def answer_enquiry(*, by: User, volunteer: Volunteer, site: Site | None) -> Volunteer:
    """Somebody has been in touch; with `site` it is the link to the application that is sent now.

    Takes in what was set aside: a person has looked. Writes "volunteer.answered". Raises EnquiryRefused.
    """
    with acting_as(Scope.ALL, by.pk):
        if site:
            if volunteer.state not in MAY_APPLY:
                raise EnquiryRefused(_("They have applied already."))
            try:
                may_come_back(volunteer)
            except MoveRefused as refusal:
                raise EnquiryRefused(str(refusal)) from refusal
            if not volunteer.email:
                raise EnquiryRefused(_("Write down an email address first, or fill it in together."))
            send_link(by=by, volunteer=volunteer, site=site)
        application, _is_new = Application.objects.get_or_create(volunteer=volunteer)
        application.answered_at, application.answered_by = timezone.now(), by
        application.set_aside_because, application.asked_again_at = "", None
        application.save()
        record(by=by, verb="volunteer.answered", target=volunteer, details={"link": bool(site)})
    return volunteer


@transaction.atomic
def change_reach(*, by: User, volunteer: Volunteer, name: str, email: str, phone: str) -> Volunteer:
    """Put right how somebody is called and reached; an invitation to the address before stops working.

    Writes "volunteer.changed". Raises EnquiryRefused.
    """
    with acting_as(Scope.ALL, by.pk):
        Organisation.objects.select_for_update().get(pk=volunteer.organisation_id)
        same = known_as(volunteer.organisation, email)
        if same and same != volunteer:
            raise EnquiryRefused({"email": _("{name} has this address.").format(name=same.display_name)})
        if not email and not phone and not volunteer.user_id:
            raise EnquiryRefused({"phone": _("One way to reach them is needed: a phone number or an email.")})
        before = Volunteer.objects.values_list("email", flat=True).get(pk=volunteer.pk)
        if before and before.lower() != email.lower():
            take_back_invitations(by=by, email=before, role=Role.VOLUNTEER, organisation=volunteer.organisation)
        volunteer.name, volunteer.email, volunteer.phone = name, email.lower(), phone
        volunteer.save(update_fields=["name", "email", "phone", "updated_at"])
        record(by=by, verb="volunteer.changed", target=volunteer)
    return volunteer
