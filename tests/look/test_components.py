from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import Context, Template

ROOT = Path(__file__).resolve().parents[2]
DRAWN = set(re.findall(r'symbol id="([\w-]+)"', (ROOT / "static" / "icons" / "sprite.svg").read_text()))


def show(source: str, **values: object) -> str:
    return Template("{% load components %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Samina Akhtar", "SA"), ("Ayaan", "A"), ("anna-maria de la Cruz", "AC"), ("", "·"), ("ثمینہ اختر", "ثا")],
)
def test_initials_are_the_first_and_the_last(name, letters):
    assert f">{letters}<" in show("{% initials name 1 %}", name=name)


def test_person_keeps_the_hue_whatever_they_are_called():
    first, second = show("{% initials 'Ann' 7 %}"), show("{% initials 'Bea' 7 %}")

    assert re.search(r"hue-[1-8]", first).group() == re.search(r"hue-[1-8]", second).group()


def test_child_differs_in_shape():
    assert 'class="disc child hue-' in show("{% initials 'Ayaan' 7 'child' %}")


def test_tag_shows_word_and_drawing_and_takes_no_markup():
    page = show("{% tag 'warn' word %}", word="<b>Overdue</b>")

    assert "#warn" in page
    assert "&lt;b&gt;Overdue" in page


def test_number_that_is_not_known_is_a_dash_and_never_nought():
    page = show("{% stat None 'median wait' %}")

    assert "–" in page
    assert "not known" in page
    assert "None" not in page
    assert ">0<" in show("{% stat 0 'visits' %}")


def test_address_keeps_the_other_questions(rf):
    request = rf.get("/visits/?q=Samina&after=9")
    page = Template("{% load components %}{% with_query after=12 %}|{% with_query after=None %}")

    assert page.render(Context({"request": request})) == "?q=Samina&amp;after=12|?q=Samina"


def test_every_drawing_a_page_asks_for_is_drawn():
    asked = set()
    for path in [*(ROOT / "templates").rglob("*.html"), ROOT / "betterstart" / "access" / "context.py"]:
        text = path.read_text()
        asked |= set(re.findall(r'{% icon "([\w-]+)"', text))
        asked |= set(re.findall(r'{% tag \S+ \S+(?: \S+)? "([\w-]+)" %}', text))
        asked |= set(re.findall(r'_\("[^"]+"\), "([\w-]+)"\)', text))

    assert len(asked) > 25
    assert asked <= DRAWN
