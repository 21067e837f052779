"""Every figure that is shown anywhere: what it counts, and the relational question it serves. One registry for all."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Indicator:
    """`smallest` is the least number of families (or answers) behind the figure before it is shown."""

    key: str
    name: str | Promise
    question: str | Promise
    definition: str | Promise
    counted: str | Promise
    out_of: str | Promise
    unit: str | Promise
    smallest: int
    good: str = "none"


INDICATORS = {
    indicator.key: indicator
    for indicator in (
        Indicator(
            key="families-supported",
            name=_("Families supported"),
            question=_("Whose door did somebody knock on?"),
            definition=_(
                "Different families with at least one contact in the period: a visit that happened, in person, or by "
                "phone or video for ten minutes or more, or somebody of them at a group. A family with two services "
                "counts once."
            ),
            counted=_("families with a contact in the period"),
            out_of="",
            unit=_("families"),
            smallest=5,
        ),
        Indicator(
            key="visits-delivered",
            name=_("Visits that happened, of those planned"),
            question=_("Do people come when they said they would?"),
            definition=_(
                "Visits planned to start in the period. Left out: visits the coordinator cancelled, holidays, and "
                "visits moved to another time (the new time counts). Visits nobody had planned are shown apart."
            ),
            counted=_("planned visits that happened"),
            out_of=_("visits planned to start in the period and due by now"),
            unit=_("visits"),
            smallest=5,
            good="up",
        ),
        Indicator(
            key="days-since-contact",
            name=_("Days since the last contact"),
            question=_("Is anybody waiting to be remembered?"),
            definition=_(
                "For every active support today: days since the family's last contact, a visit or a group, or since "
                "the support started. The middle of all families, and how many wait longer than their service promised."
            ),
            counted=_("days since the last contact, one figure for each active support"),
            out_of=_("active supports today"),
            unit=_("days"),
            smallest=5,
            good="down",
        ),
        Indicator(
            key="coc",
            name=_("Same person, visit after visit (COC)"),
            question=_("Do families have to tell their story again?"),
            definition=_(
                "The chance that two different visits to a family were made by the same person (Bice and Boxerman's "
                "continuity of care index): the sum of n times n over all visitors, less N, divided by N times N less "
                "one, where n is a visitor's number of visits and N all visits in the twelve months up to the end of "
                "the period. The middle of all families with three visits or more."
            ),
            counted=_("pairs of visits by the same person"),
            out_of=_("all pairs of visits, family by family"),
            unit=_("share from 0 to 1"),
            smallest=5,
        ),
        Indicator(
            key="secon",
            name=_("Unbroken from one visit to the next (SECON)"),
            question=_("When the bell rings, do they know who it is?"),
            definition=_(
                "The share of steps from one visit to the next that were made by the same person (sequential "
                "continuity index), over the twelve months up to the end of the period. The middle of all "
                "families with three visits or more."
            ),
            counted=_("steps from one visit to the next with the same person"),
            out_of=_("all steps from one visit to the next, family by family"),
            unit=_("share from 0 to 1"),
            smallest=5,
        ),
        Indicator(
            key="feelings",
            name=_("Feelings families chose"),
            question=_("How did it feel, in their own words?"),
            definition=_(
                "How often each word was chosen by the family itself after a visit in the period. Up to three words a "
                "visit. What a volunteer only guessed is not counted. Words chosen fewer than five times are not shown."
            ),
            counted=_("check-ins in which the family chose the word"),
            out_of=_("check-ins in which the family was asked and chose"),
            unit=_("check-ins"),
            smallest=5,
        ),
        Indicator(
            key="weekly-visits",
            name=_("Visits each week"),
            question=_("Is our rhythm steady enough to lean on?"),
            definition=_(
                "Visits that happened in each whole week from Monday to Sunday, the last 26 weeks, with the limits of "
                "what is usual (an XmR chart: the mean, and 2.66 times the average step between weeks on each side)."
            ),
            counted=_("visits that happened in the week"),
            out_of="",
            unit=_("visits each week"),
            smallest=5,
        ),
    )
}
