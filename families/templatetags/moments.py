"""Days, moments and lengths as people say them."""

import datetime as dt

from django import template

from betterstart import clock

register = template.Library()


@register.filter
def day_words(day: dt.date | None) -> str:
    """ "Tuesday 4 August"."""
    return clock.day_in_words(day) if day else ""


@register.filter
def moment_words(moment: dt.datetime | None) -> str:
    """ "Tuesday 4 August at 14:30"."""
    return clock.moment_in_words(moment) if moment else ""


@register.filter
def length_words(minutes: int | None) -> str:
    """ "1 hour 20"."""
    return clock.duration_in_words(minutes) if minutes else ""
