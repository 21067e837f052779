"""Who has a place in a group: choosing a family, booking its people, moving up the waiting list."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.transitions.machine import MoveRefused
from families.actions.booking import AlreadyBooked, OutsideAges, book, change_people, move_booking
from families.actions.family import NotYourService
from families.forms.groups import BookForm, WhoComesForm
from families.forms.records import show_refusal
from families.models import BookingState, Family, FamilyMember, GroupBooking, GroupSeries
from families.models.booking import OPEN_BOOKINGS, NoPlace, places_left
from families.views.groups import group_or_404
from families.views.records import family_to_change

MOST_FOUND = 25
GOES_TO = (BookingState.BOOKED, BookingState.CANCELLED)


@require_safe
@require(Permission.GROUP_RUN)
def choose_family(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The families of this coordinator, the closest first, or those with an open support in the group's service."""
    series = group_or_404(request, uuid)
    text = request.GET.get("q", "").strip()
    families = Family.objects.coordinated_by(request.user)
    if text:
        families = families.matching(text)
    else:
        families = families.filter(supports__service=series.service, supports__in=series.service.supports.open())
        families = families.order_by("name", "pk")
    listed = GroupBooking.objects.filter(series=series, family=OuterRef("pk"), state__in=OPEN_BOOKINGS)
    members = Prefetch("home_members", FamilyMember.objects.visible_to(request.user).filter(left_on=None))
    found = list(families.annotate(listed=Exists(listed)).prefetch_related(members)[: MOST_FOUND + 1])
    context = {"series": series, "text": text, "found": found[:MOST_FOUND], "more": len(found) > MOST_FOUND}
    is_fragment = request.htmx and not request.htmx.history_restore_request
    template = "families/_group_families.html" if is_fragment else "families/group_choose_family.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def family_book(request: HttpRequest, uuid: uuids.UUID, reference: str) -> HttpResponse:
    """Who of one family comes, and whether they have places or wait."""
    series = group_or_404(request, uuid)
    family = family_to_change(request, reference, "group booking")
    left = places_left(series)
    form = BookForm(sent_or_kept(request), family=family, full=left == 0)

    def save() -> None:
        booking = book(by=request.user, series=series, family=family, **form.cleaned_data)
        words = _("%(family)s: %(state)s.") % {"family": family.in_words, "state": booking.get_state_display().lower()}
        messages.success(request, words)

    try:
        status = _take(form, save) if request.method == "POST" else 200
    except AlreadyBooked:
        messages.info(request, _("%s is on the list already.") % family.in_words)
        status = 302
    if status == 302:
        return redirect("families:group", series.uuid)
    context = {"form": form, "series": series, "family": family, "left": left}
    return render(request, "families/group_book.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def booking_people(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Other people of the same family come: they keep their place or their turn."""
    booking = _booking(request, uuid, *OPEN_BOOKINGS)
    coming = booking.persons.coming().values_list("member", flat=True)
    form = WhoComesForm(sent_or_kept(request), family=booking.family, people=coming)

    def save() -> None:
        change_people(by=request.user, booking=booking, **form.cleaned_data)
        messages.success(request, _("Saved."))

    status = _take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:group", booking.series.uuid)
    context = {"form": form, "series": booking.series, "family": booking.family, "left": places_left(booking.series)}
    return render(request, "families/group_book.html", context, status=status)


def _take(form: WhoComesForm, save: Callable[[], None]) -> int:
    """Run the action behind the form. A place that somebody else has just got becomes the offer of the waiting list."""
    if not form.is_valid():
        return 422
    try:
        save()
        return 302
    except NoPlace as refusal:
        form.no_place(str(refusal))
    except OutsideAges as question:
        form.ask(question)
    except MoveRefused as refusal:
        form.add_error("people", str(refusal))
    except NotYourService:
        form.add_error(None, _("This service takes no new families now."))
    except ValidationError as refusal:
        show_refusal(form, refusal)
    return 422


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
def booking_move(request: HttpRequest, uuid: uuids.UUID, to: str) -> HttpResponse:
    """Give an invited or waiting family its places, or cancel: a person confirms."""
    if to not in GOES_TO:
        raise Http404
    booking = _booking(request, uuid)
    if request.method == "POST":
        try:
            move_booking(by=request.user, booking=booking, to=to)
            messages.success(request, _("Saved."))
        except MoveRefused as refusal:
            messages.warning(request, str(refusal))
        return redirect("families:group", booking.series.uuid)
    people = [person.member for person in booking.persons.coming().select_related("member")]
    context = {"booking": booking, "people": people, "series": booking.series, "to": to}
    return render(request, "families/booking_move.html", context)


def _booking(request: HttpRequest, uuid: uuids.UUID, *states: str) -> GroupBooking:
    """A booking into a group of a service this person coordinates (in one of these states), or 404; noted as read."""
    mine = GroupBooking.objects.visible_to(request.user).select_related("series__service", "family")
    mine = mine.filter(series__in=GroupSeries.objects.coordinated_by(request.user))
    booking = get_object_or_404(mine.filter(state__in=states) if states else mine, uuid=uuid)
    family = booking.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="group booking")
    return booking
