"""Asking for a call, quietly, and being called."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from volunteers.models import CallRequest, CheckIn, Volunteer


class CallRefused(ValidationError):
    """The call cannot be asked for, or closed, by this person."""


@transaction.atomic
def ask_for_call(*, by: User, words: str = "", check_in: CheckIn | None = None) -> CallRequest:
    """Note that a volunteer would like a call, and give the request. It waits on the coordinator's Today.

    One request is open at a time: asking again gives the same one, and adds new words to it. Writes the audit event
    `call.asked`. Raises CallRefused for somebody who is no volunteer.
    """
    volunteer = Volunteer.objects.select_for_update(of=("self",)).filter(user=by).first()
    if volunteer is None:
        raise CallRefused(_("Only volunteers ask for a call here."))
    request = CallRequest.objects.open().filter(volunteer=volunteer).first()
    if request is None:
        request = CallRequest.objects.create(volunteer=volunteer, check_in=check_in, words=words)
        record(by=by, verb="call.asked", target=request, label=by.display_name)
    elif words and words not in request.words:
        longer = " · ".join(filter(None, [request.words, words]))
        if len(longer) > CallRequest._meta.get_field("words").max_length:  # type: ignore[operator]
            raise CallRefused({"words": _("You have asked already, and there is no room for more words.")})
        request.words = longer
        request.save(update_fields=["words"])
    return request


@transaction.atomic
def close_call(*, by: User, request: CallRequest) -> CallRequest:
    """The two have talked, or the volunteer takes the wish back. Closing twice changes nothing.

    Writes the audit event `call.closed`. Raises CallRefused for anybody but the volunteer and their coordinators.
    """
    stored = CallRequest.objects.select_for_update(of=("self",)).select_related("volunteer__user").get(pk=request.pk)
    theirs = stored.volunteer.user_id == by.pk
    if not theirs and not Volunteer.objects.supervised_by(by).filter(pk=stored.volunteer_id).exists():
        raise CallRefused(_("Only this volunteer or their coordinator can close this."))
    if stored.closed_at is None:
        stored.closed_at, stored.closed_by = timezone.now(), by
        stored.save(update_fields=["closed_at", "closed_by"])
        record(by=by, verb="call.closed", target=stored, label=stored.volunteer.display_name)
    return stored
