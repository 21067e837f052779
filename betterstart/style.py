"""The page /style/: every part of every page, with awkward content, and the markup that makes it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.http import require_http_methods

from betterstart.access.decorators import open_to_all
from betterstart.charts.bars import Bar, bar_list
from betterstart.charts.measure import Measure
from betterstart.charts.sparkline import sparkline
from betterstart.charts.strip import Knot, Window, family_strip
from betterstart.charts.xmr import xmr_chart

EXAMPLES = (
    ("frame", "Page", "The blocks of base.html, and the ways to arrange things on a page."),
    ("buttons", "Buttons", "They say what happens. One primary on a page; the others are quiet."),
    ("tags", "Tags", "A state as word, icon and colour: {% tag state word icon %}."),
    ("banners", "Banners", "Something to know before reading on."),
    ("messages", "Messages", "What was saved, and what happens next."),
    ("people", "People", "Initials in a hue that stays; adults are round, children a leaf."),
    ("cards", "Cards and facts", "A surface for one matter; key facts in a line; names with values."),
    ("rows", "Rows", "A list leads with the reason to look; the row is a link; at most one action."),
    ("tables", "Tables", "Figures in columns; on a phone each row becomes a card (data-label names the cell)."),
    ("filters", "Filters", "A GET form, so that the address keeps what was chosen."),
    ("tabs", "Tabs", "Links. Items have url, label, current, and may have count."),
    ("empty", "Empty places", "What this place is for, and the first step."),
    ("progress", "Progress", "Long work, and the dots of a short journey."),
    ("voices", "Two voices", "The rational and the relational as equals; on a phone people come first."),
    ("stats", "Numbers", "A number, what it means, and the story beside it."),
    (
        "charts",
        "Charts",
        "{% chart %}: the finding, the picture, and the figures; {% chart_picture %}: the picture alone, in a row.",
    ),
    ("timelines", "Timeline", "Months as rests, visits as knots, joinings and leavings. See components/timeline.html."),
    (
        "forms",
        "Forms",
        "{{ form }}, or {% error_summary form %} and each {{ form.field.as_field_group }}.",
    ),
    ("steps", "Steps", "One question a screen; without script one long form."),
    ("compare", "Two versions", "When two people changed the same thing."),
    ("confirm", "Are you sure", "A page, not a dialog: it says the consequence and offers the way back."),
    ("icons", "Icons", "Our own drawings, always beside a word: {% icon name %}."),
)
FEELINGS = ["understood", "calmer", "hopeful", "tired", "worried", "less alone", "proud", "unsure"]
LONG_NAME = "Wilhelmina Featherstonehaugh-Cholmondeley of the Upper Valley’s family"


class ExampleForm(forms.Form):
    when = forms.DateField(label="Day of the visit", widget=forms.DateInput(attrs={"type": "date"}))
    where = forms.ChoiceField(
        label="Where did you meet?",
        help_text="The place you were in for most of the time.",
        choices=[("home", "At home"), ("out", "Out and about"), ("phone", "By phone or video")],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    length = forms.ChoiceField(label="How long", choices=[("", "Choose"), ("60", "1 hour"), ("75", "1 hour 15")])
    felt = forms.MultipleChoiceField(
        label="How did it feel?",
        required=False,
        choices=[(word, word) for word in FEELINGS],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    note = forms.CharField(
        label="What happened",
        help_text="Write it so that the family could read it.",
        required=False,
        widget=forms.Textarea(attrs={"class": "words", "maxlength": 200, "data-counter": "{n} characters left"}),
    )
    paper = forms.FileField(label="Photo or letter", required=False)
    share = forms.BooleanField(label="The family may read this", required=False, help_text="They see it on their page.")


class FilterForm(forms.Form):
    q = forms.CharField(label="Name, phone or postcode", required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), ("active", "With a volunteer")])


def _charts() -> dict[str, Any]:
    weeks = [date(2026, 4, 6) + timedelta(weeks=week) for week in range(20)]
    visits = [21, 19, 24, 20, 22, None, 18, 23, 21, 20, 22, 19, 34, 21, 20, 23, 22, 19, 21, 22]
    high = SimpleNamespace(i=12, facts=(SimpleNamespace(rule="outside", direction="up", label="neutral"),))
    usual = SimpleNamespace(start=0, end=20, trial=False, mean=21.8, lpl=11.4, upl=32.2)
    measure = Measure("Visits", "Visits each week")
    window = Window(start=weeks[0], end=date(2026, 9, 1), today=date(2026, 8, 18))
    knots = [Knot(week) for week in weeks[:9] + weeks[13:16]] + [Knot(weeks[9], "missed"), Knot(window.end, "planned")]
    chosen = [("understood", 31), ("calm", 22), ("tired", 14), ("overwhelmed", 9)]
    return {
        "weekly": xmr_chart(measure, weeks, SimpleNamespace(values=visits, phases=(usual,), signals=(high,))),
        "strip": family_strip("Samina’s family", knots, window=window, since=weeks[0], months=True),
        "words": bar_list(
            [*(Bar(word, count) for word, count in chosen), Bar("left out", None, "fewer than five")],
            subtitle="How visits felt, in people’s own choice of words",
            caption="Forty-one people answered; each could choose up to three words.",
            unit="People",
        ),
        "spark": sparkline(measure, weeks, visits),
    }


def _context() -> dict[str, Any]:
    sprite = (settings.BASE_DIR / "static" / "icons" / "sprite.svg").read_text()
    words = [("Samina’s family", "ok", "Delivered", 60), ("خاندان ثمینہ اختر", "warn", "Not delivered", None)]
    visits = [
        {"family": name, "when": f"Tuesday {day} August", "state": state, "word": word, "minutes": minutes}
        for day, (name, state, word, minutes) in enumerate([*words, (LONG_NAME, "info", "Planned", 75)], start=4)
    ]
    told = {"kind": "visit", "when": "Tuesday 18 August", "who": "Vera", "title": "Visit at home", "url": "#timelines"}
    return {
        "visits": visits,
        "seeds": range(8),
        **_charts(),
        "drawings": re.findall(r'symbol id="([^"]+)"', sprite),
        "filters": FilterForm(),
        "tab_items": [
            {"url": "#tabs", "label": "Journey", "current": True},
            {"url": "#tabs", "label": "Visits", "count": 200},
            {"url": "#tabs", "label": "Members"},
            {"url": "#tabs", "label": "How to reach them"},
        ],
        "questions": [
            ("Did the visit happen?", ["Yes", "No", "Partly"]),
            ("How long were you there?", ["Half an hour", "About an hour", "Longer"]),
            ("How heavy was it for you?", ["Light", "I carry something", "Heavy"]),
        ],
        "months": [
            {
                "label": "August 2026",
                "entries": [
                    {"kind": "planned", "when": "Tuesday 25 August, 10:00", "title": "Visit planned", "who": "Vera"},
                    {**told, "text": "We read the blue book twice.", "feelings": ["calmer", "understood"]},
                    {**told, "text": "آج ہم پارک گئے اور بہت ہنسے۔", "feelings": []},
                ],
            },
            {
                "label": "July 2026",
                "entries": [
                    {"kind": "missed", "when": "Tuesday 28 July", "title": "No visit: the family was unwell"},
                    {
                        "kind": "note",
                        "when": "Friday 24 July",
                        "title": "A goal in Samina’s words",
                        "text": "To sleep.",
                    },
                    {"kind": "change", "when": "Tuesday 14 July", "title": "Home visiting begins"},
                    {"kind": "joining", "when": "Monday 13 July", "title": "Vera became their volunteer"},
                    {"kind": "leaving", "when": "Friday 3 July", "title": "Odile said goodbye"},
                ],
            },
        ],
    }


@require_http_methods(["GET", "POST"])
@open_to_all
def style(request: HttpRequest) -> HttpResponse:
    """For the people who build this; absent (404) where DEBUG is off."""
    if not settings.DEBUG:
        raise Http404
    context = {**_context(), "form": ExampleForm(request.POST if request.method == "POST" else None)}
    examples = []
    for name, title, note in EXAMPLES:
        template: Any = get_template(f"style/{name}.html")
        html = template.render(context, request)
        examples.append({"name": name, "title": title, "note": note, "source": template.template.source, "html": html})
    return render(request, "style/page.html", {"examples": examples})
