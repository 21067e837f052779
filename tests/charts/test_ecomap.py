"""The ecomap: the picture and the lines say the same, and no words lie on other words."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betterstart.charts.ecomap import KINDS, LINE_WIDTHS, Tie, ecomap, strength_words
from betterstart.charts.ecomap_layout import NARROW, WIDE, breadth, place, wrapped
from tests.charts.reading import SVG, both, of_class, parsed, texts

LABELS = dict(zip(KINDS, ("Family", "Friend", "Neighbour", "Faith or community", "Service", "With us"), strict=True))


def tie(key, name="Mum", kind="kin", strength=2, **more):
    return Tie(key, name, kind, LABELS[kind], strength, **more)


SIX = [
    tie("mum", "Mum", strength=3, gives=True, receives=True, helps=("Company",), since="school"),
    tie("sis", "Sis", gives=True, receives=True, news="closer"),
    tie("nbr", "Bev", "neighbour", 1, receives=True, strained=True),
    tie("hv", "Health visitor", "service", receives=True),
    tie("nursery", "Little Oaks", "service", None, news="new"),
    tie("vol", "Vera", "programme", 0, gives=True),
]
KNOW = [("mum", "sis"), ("nbr", "mum"), ("hv", "nursery")]


def around(ties, knowing=()):
    return ecomap("Amina", ties, knowing, subtitle="drawn with Amina")


def plain(text):
    return re.sub("[\u2068\u2069]", "", text)


def read_picture(svg):
    """What each tie of a picture shows, read off its shapes: never off words meant for readers of the list."""
    shown = {}
    widths = {}
    for group in of_class(svg, "eco-tie"):
        line = next(part for part in group.iter() if "eco-line" in part.get("class", "").split())
        node = next(part for part in group.iter() if "eco-node" in part.get("class", "").split())
        classes = [part.get("class", "").split() for part in group.iter()]
        widths[group.get("data-tie")] = float(line.get("stroke-width"))
        shown[group.get("data-tie")] = {
            "kind": node.get("class").split()[1],
            "is unsaid": "unsaid" in line.get("class"),
            "jagged": line.get("d").count("L") > 1,
            "coral": "strained" in line.get("class"),
            "gives": any("gives" in names for names in classes),
            "receives": any("receives" in names for names in classes),
            "knows": {
                other
                for link in of_class(svg, "eco-link")
                if group.get("data-tie") in link.get("data-pair").split()
                for other in link.get("data-pair").split()
            }
            - {group.get("data-tie")},
        }
    return shown, widths


def test_picture_and_lines_say_the_same_of_every_tie():
    drawn = around(SIX, KNOW)
    names = {each.key: each.name for each in SIX}

    for svg in both(drawn.chart):
        shown, widths = read_picture(svg)
        assert list(shown) == [line.key for line in drawn.lines]
        for line in drawn.lines:
            words, seen = plain(" · ".join(line.words)), shown[line.key]
            assert words.startswith(LABELS[seen["kind"]])
            assert ("how close is not said" in words) == seen["is unsaid"]
            assert ("strained" in words) == seen["jagged"] == seen["coral"]
            assert ("both give" in words) == (seen["gives"] and seen["receives"])
            assert (f"{line.name} gives" in words) == (seen["receives"] and not seen["gives"])
            assert ("Amina gives" in words) == (seen["gives"] and not seen["receives"])
            known = re.search(r"knows ([^·]*)", words)
            told = set(re.split(", | and ", known[1].strip())) if known else set()
            assert told == {names[key] for key in seen["knows"]}
        said = {line.key: plain(line.words[1]) for line in drawn.lines}
        order = [strength_words(strength) for strength in (0, 1, 2, 3)]
        ranked = sorted((order.index(said[key]), width) for key, width in widths.items() if said[key] in order)
        assert all((a[0] < b[0]) == (a[1] < b[1]) for a, b in pairwise(ranked))


def test_table_behind_the_picture_has_what_the_lines_have():
    drawn = around(SIX, KNOW)

    assert [[cell for cell in row[1:] if cell != "–"] for row in drawn.chart.rows] == [
        list(line.words) for line in drawn.lines
    ]


def test_every_nickname_stands_in_both_pictures_and_in_the_list():
    drawn = around(SIX)

    for svg in both(drawn.chart):
        words = plain(" ".join(texts(svg)))
        assert all(each.name in words for each in SIX)
    assert {line.name for line in drawn.lines} == {each.name for each in SIX}


@pytest.mark.parametrize(
    ("ties", "title"),
    [
        ([], "Around Amina: nobody yet"),
        ([tie("a", strength=1)], "Around Amina: one person or place, not close"),
        ([tie("a", strength=2)], "Around Amina: one person or place, and it is close"),
        ([tie("a", strength=None), tie("b", strength=0)], "Around Amina: two people and places, none of them close"),
        (SIX, "Around Amina: six people and places, three of them close"),
    ],
)
def test_finding_counts_who_is_there_and_who_is_close(ties, title):
    assert plain(around(ties).chart.title) == title


def test_caption_names_what_is_strained_and_what_is_new():
    caption = plain(around(SIX, KNOW).chart.caption)

    assert caption == "With two, both give. It is strained with Bev. Three pairs know each other. New: Little Oaks."


def test_notes_explain_only_what_is_there():
    few = [plain(note.text) for note in around([tie("a", strength=None)]).chart.notes]
    every = [note.text for note in around(SIX, KNOW).chart.notes]

    assert few == ["Family"]
    assert every[-4:] == ["the thicker, the closer", "strained", "points to whoever receives", "know each other"]


def test_stronger_tie_has_the_broader_line():
    assert LINE_WIDTHS[0] < LINE_WIDTHS[1] < LINE_WIDTHS[2] < LINE_WIDTHS[3]


def test_name_in_another_script_is_set_apart_from_what_stands_around_it():
    drawn = around([tie("a", "امی"), tie("b", "Sis")], [("a", "b")])

    assert "\u2068امی\u2069" in texts(drawn.chart.svg)
    assert any("\u2068امی\u2069" in words for words in drawn.lines[0].words)


def test_signs_and_markup_in_a_nickname_are_letters_and_nothing_else():
    drawn = around([tie("a", "<b>&Co</b>")])

    assert "<b>&Co</b>" in plain(" ".join(texts(drawn.chart.svg)))
    assert not list(parsed(drawn.chart.svg).iter(f"{SVG}b"))


def test_somebody_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        around([tie("a"), tie("a", "Sis")])


nicknames = st.text(st.sampled_from("abcdefgh MWil ÄŁżé امیخالہ 奶奶小美 שרה -'!"), min_size=1, max_size=30).filter(
    lambda text: text.strip()
)
circles = st.lists(st.tuples(nicknames, st.sampled_from(["", "Family", "Faith or community · new"])), max_size=30)


@settings(max_examples=60, deadline=None)
@given(circles)
def test_words_never_lie_on_other_words_nor_on_a_sign_and_stay_in_the_picture(words):
    for sheet in (WIDE, NARROW):
        lay = place(sheet, "Amina", words)
        boxes = []
        for number, spot in enumerate(lay.spots):
            x, y = spot.at
            boxes.append((number, x - sheet.node, x + sheet.node, y - sheet.node, y + sheet.node))
            for line, base, is_under in spot.lines:
                letters = sheet.under_letters if is_under else sheet.letters
                wide = breadth(line, letters)
                left = spot.text_x if spot.anchor == "start" else spot.text_x - wide
                boxes.append((number, left, left + wide, base - letters * 0.9, base + letters * 0.25))
        for _number, left, right, top, bottom in boxes:
            assert left >= 0
            assert right <= sheet.width
            assert top >= 0
            assert bottom <= lay.height
        for at, (one, *box) in enumerate(boxes):
            for other, *theirs in boxes[at + 1 :]:
                apart = box[1] <= theirs[0] or theirs[1] <= box[0] or box[3] <= theirs[2] or theirs[3] <= box[2]
                assert one == other or apart


@settings(max_examples=60, deadline=None)
@given(nicknames, st.floats(40, 140))
def test_broken_lines_leave_nothing_out_and_fit(nickname, room):
    lines = wrapped(nickname, 15, room)

    assert "".join(lines).replace(" ", "") == "".join(nickname.split())
    assert all(len(line) == 1 or breadth(line, 15) <= room for line in lines)


def test_same_circle_in_any_order_is_the_same_picture():
    shuffled = list(SIX)
    random.Random(4).shuffle(shuffled)

    assert around(shuffled, [pair[::-1] for pair in reversed(KNOW)]) == around(SIX, KNOW)
