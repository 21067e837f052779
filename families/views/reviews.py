from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.clock import day_in_words, moment_in_words
from families.actions.editing import StaleEdit
from families.actions.own_words import adults_of
from families.actions.review import book_review, call_off_review, decline_review, hold_review
from families.actions.review_part import note_copy, say_how_it_goes
from families.forms.review import BookForm, CallOffForm, CopyForm, DeclineForm, HoldForm, MatchAnswerForm
from families.models import FamilyMember, HowItGoes, Review, ReviewPart, ReviewState
from families.reports.plan_copy import copy_language
from families.reports.review_copy import review_copy
from families.reports.review_page import review_page
from families.reports.reviews import review_url
from families.views.records import edit, family_to_change, family_to_read


def _to_write(request: HttpRequest, reference: str, pk: int, page: str) -> Review:
    """A review of a support that this person coordinates, or 404. Notes that the record was opened."""
    family = family_to_change(request, reference, page)
    reviews = Review.objects.coordinated_by(request.user).filter(family=family)
    return get_object_or_404(reviews.select_related("support__service", "family"), pk=pk)


@require_safe
@require(Permission.FAMILY_VIEW)
def review(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A look together: when it is, what each adult said first, last time and now, and what was agreed."""
    family: Any = family_to_read(request, reference, "review", whole=True)
    reviews = Review.objects.visible_to(request.user).filter(family=family)
    row = get_object_or_404(reviews.select_related("support__service", "family", "recorded_by"), pk=pk)
    coordinates = Review.objects.coordinated_by(request.user).filter(pk=pk).exists()
    page = review_page(request.user, row, coordinates=coordinates)
    context = {"family": family, "review": row, "support": row.support, "page": page, "coordinates": coordinates}
    context["is_outside"] = not coordinates
    return render(request, "families/review.html", context)


def _step(request: HttpRequest, row: Review, form: Any, save: Any, template: str, **context: Any) -> HttpResponse:
    """A form about an open review; one that has moved on is shown as it stands."""
    if not row.is_open:
        messages.info(request, _("This review has moved on. Here is where it stands now."))
        return redirect(review_url(row))
    context |= {"review": row, "support": row.support}
    return edit(request, form, save, template=template, family=row.family, then=review_url(row), **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def review_book(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Agree a day and time, or another one."""
    row = _to_write(request, reference, pk, "review")
    form = BookForm(sent_or_kept(request), review=row)

    def save() -> None:
        booked = book_review(by=request.user, review=row, **form.for_action())
        words = _("Booked: you look together on {when}.")
        messages.success(request, words.format(when=moment_in_words(booked.booked_for)))  # type: ignore[arg-type]

    return _step(request, row, form, save, "families/review_book.html")


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def review_call_off(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    row = _to_write(request, reference, pk, "review")
    form = CallOffForm(sent_or_kept(request), review=row)

    def save() -> None:
        call_off_review(by=request.user, review=row, **form.cleaned_data)
        messages.success(request, _("Called off. Agree another day when it suits the family."))

    if row.state == ReviewState.DUE:
        messages.info(request, _("No day is booked. Agree one when it suits the family."))
        return redirect(review_url(row))
    return _step(request, row, form, save, "families/review_call_off.html")


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def review_decline(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    row = _to_write(request, reference, pk, "review")
    form = DeclineForm(sent_or_kept(request), review=row)

    def save() -> None:
        decline_review(by=request.user, review=row, **form.cleaned_data)
        messages.success(request, _("Saved. Nobody asks them again until the next one."))

    return _step(request, row, form, save, "families/review_decline.html")


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def review_hold(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Write down that the family and we have looked together."""
    row = _to_write(request, reference, pk, "review")
    form = HoldForm(sent_or_kept(request), review=row)

    def save() -> None:
        given = dict(form.cleaned_data, there=list(form.cleaned_data["there"]))
        hold_review(by=request.user, review=row, **given)
        next_on = form.cleaned_data["next_on"]
        words = _("Saved. You look together again by {day}.").format(day=day_in_words(next_on)) if next_on else ""
        messages.success(request, words or _("Saved."))

    return _step(request, row, form, save, "families/review_hold.html")


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def review_answer(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """How it goes with the volunteer, as one adult says it."""
    row = _to_write(request, reference, pk, "review")
    adults = [each.pk for each in adults_of(row.family)]
    adult = get_object_or_404(FamilyMember.objects.select_related("family").filter(pk__in=adults), uuid=uuid)
    said = HowItGoes.objects.filter(review=row, member=adult).now().select_related("said").first()
    form = MatchAnswerForm(sent_or_kept(request), adult=adult, said=said.said if said else None)

    def save() -> None:
        say_how_it_goes(by=request.user, review=row, adult=adult, **form.cleaned_data)
        messages.success(request, _("Saved, for you and your colleagues in this service alone."))

    context = {"review": row, "support": row.support, "adult": adult}
    template = "families/review_answer.html"
    return edit(request, form, save, template=template, family=row.family, then=review_url(row), **context)


@require_safe
@require(Permission.SUPPORT_MOVE)
def review_sheet(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """One adult's copy on paper, in their language, with nothing of any other adult's."""
    row = _to_write(request, reference, pk, "review copy")
    parts = ReviewPart.objects.filter(review=row, review__state=ReviewState.HELD).select_related("member")
    part = get_object_or_404(parts, member__uuid=uuid)
    language, is_theirs = copy_language(part.member)
    with translation.override(language):
        copy = review_copy(request.user, row, part.member)
    context = {"review": row, "support": row.support, "family": row.family, "part": part, "copy": copy}
    context |= {"sheet_language": language, "is_translated": is_theirs}
    context["back"] = review_url(row)
    return render(request, "families/review_copy.html", context)


@require_POST
@require(Permission.SUPPORT_MOVE)
def review_copy_given(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    row = _to_write(request, reference, pk, "review copy")
    parts = ReviewPart.objects.filter(review=row).select_related("member", "family")
    part = get_object_or_404(parts, member__uuid=uuid)
    form = CopyForm(request.POST)
    try:
        if form.is_valid():
            note_copy(by=request.user, part=part, **form.cleaned_data)
            messages.success(request, _("Saved."))
    except (StaleEdit, ValidationError):
        messages.error(request, _("Somebody changed this meanwhile. Look at it again."))
    return redirect(review_url(row))
