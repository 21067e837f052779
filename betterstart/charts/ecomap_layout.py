"""Where everything in an ecomap stands, so that no words lie on other words, nor on a line.

Two columns bowed like brackets around the middle: the first half of the ties on the right from the top down, the rest
on the left from the bottom up. Each tie has a band of its own height in its column, and its words stand outside the
bow, in that band. The bow is convex, so a line from the middle stays inside it and crosses no words.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from betterstart.charts.svg import Point, element, number, path

GAP, EDGE = 6, 2


@dataclass(frozen=True)
class Sheet:
    """A size to draw for: a desk or a phone. Lengths in units of the picture."""

    width: int
    middle: float
    """Radius of the disc in the middle."""
    node: float
    reach: float
    """How far the bow is from the middle, at its widest."""
    straight: float
    """How straight the bow is: 1 would be two columns, 0 an ellipse."""
    letters: float
    under_letters: float
    band: float
    """The least height of a band."""
    thickness: float


WIDE = Sheet(640, 44, 15, 168, 0.35, 16, 13, 56, 1)
NARROW = Sheet(360, 34, 10, 78, 0.75, 14, 13, 46, 0.8)


@dataclass(frozen=True)
class Spot:
    at: Point
    anchor: str
    text_x: float
    lines: tuple[tuple[str, float, bool], ...]
    """Words, the height of their base line, and whether they are the quiet ones below."""


@dataclass(frozen=True)
class Layout:
    sheet: Sheet
    height: int
    centre: Point
    spots: tuple[Spot, ...]
    name_lines: tuple[tuple[str, float], ...]
    name_is_long: bool

    def ends(self, place: int, *, crowded: bool) -> tuple[Point, Point]:
        """Where the line of a tie begins beside the disc, and ends beside the sign. In a crowd every other line begins
        further out, so that their arrows do not lie on each other.
        """
        at = self.spots[place].at
        inner = self.towards(self.centre, at, self.sheet.middle + (16 if crowded else 4))
        return inner, self.towards(at, self.centre, self.sheet.node + 4)

    @staticmethod
    def towards(start: Point, end: Point, by: float) -> Point:
        length = math.dist(start, end) or 1
        return (start[0] + (end[0] - start[0]) * by / length, start[1] + (end[1] - start[1]) * by / length)


def place(sheet: Sheet, name: str, words: Sequence[tuple[str, str]]) -> Layout:
    """Lay out one circle: `words` are the nickname and the quiet words of each tie, in order around it."""
    right = math.ceil(len(words) / 2)
    rows = max(right, 1)
    sides = [(1, row, right) for row in range(right)]
    sides += [(-1, row, len(words) - right) for row in reversed(range(len(words) - right))]
    # Rooms depend on the places and the bands on the rooms: a band is made high enough for the narrowest room.
    least = sheet.width / 2 - sheet.reach - sheet.node - GAP - EDGE
    tallest = max((_tall(sheet, nick, under, least) for nick, under in words), default=0)
    band = max(sheet.band, tallest + GAP, min(2 * sheet.band, 4 * sheet.band / max(rows - 1, 1)) if rows > 1 else 0)
    bow_height = (rows - 1) / 2 * band + 0.75 * band
    height = round(max((rows - 1) * band + max(tallest, 2.4 * sheet.node), 2 * sheet.middle) + 4 * GAP)
    centre = (sheet.width / 2, height / 2)
    spots = []
    for (side, row, of), (nick, under) in zip(sides, words, strict=True):
        down = (row - (of - 1) / 2) * band
        bowed = math.sqrt(max(0.0, 1 - (down / bow_height) ** 2))
        out = sheet.reach * (sheet.straight + (1 - sheet.straight) * bowed)
        spots.append(_spot(sheet, (centre[0] + side * out, centre[1] + down), side, nick, under))
    return Layout(sheet, height, centre, tuple(spots), *_name(sheet, name, centre))


def _spot(sheet: Sheet, at: Point, side: int, nick: str, under: str) -> Spot:
    text_x = at[0] + side * (sheet.node + GAP)
    room = (sheet.width - text_x if side > 0 else text_x) - EDGE
    names, unders = wrapped(nick, sheet.letters, room), wrapped(under, sheet.under_letters, room)
    y = at[1] - (len(names) * sheet.letters + len(unders) * sheet.under_letters) * 0.6
    lines = []
    for line, letters, is_under in [
        *((line, sheet.letters, False) for line in names),
        *((line, sheet.under_letters, True) for line in unders),
    ]:
        lines.append((line, y + letters * 0.95, is_under))
        y += letters * 1.2
    return Spot(at, "start" if side > 0 else "end", text_x, tuple(lines))


def _tall(sheet: Sheet, nick: str, under: str, room: float) -> float:
    names, unders = wrapped(nick, sheet.letters, room), wrapped(under, sheet.under_letters, room)
    return 1.2 * (len(names) * sheet.letters + len(unders) * sheet.under_letters)


def _name(sheet: Sheet, name: str, centre: Point) -> tuple[tuple[tuple[str, float], ...], bool]:
    """The name in the disc, small where a word would not fit: at most three lines, the rest is in the title."""
    room = sheet.middle * 1.75
    usual, small = (14.0 if sheet is WIDE else 13.0), 11.0
    is_long = any(breadth(word, usual) > room for word in name.split())
    letters = small if is_long else usual
    lines = wrapped(name, letters, room)
    if len(lines) > 3:
        lines = [*lines[:2], f"{lines[2][:-1]}…"]
    top = centre[1] - len(lines) * letters * 0.6
    return tuple((line, top + letters * (0.95 + 1.2 * row)) for row, line in enumerate(lines)), is_long


def breadth(words: str, letters: float) -> float:
    """How broad these words are at the most, whatever face they are set in."""
    return sum(map(_breadth, words)) * letters


def _breadth(letter: str) -> float:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    if unicodedata.east_asian_width(letter) in "WF" or letter in "mwMW@%":
        return 1.0
    if letter in "iljtfrI.,:;'’|!()-· ":
        return 0.36
    return 0.72 if letter.isupper() else 0.57


def wrapped(words: str, letters: float, room: float) -> list[str]:
    """The words in lines that fit the room. A word that does not fit is broken; nothing is left out."""
    lines: list[str] = []
    for word in words.split():
        if lines and breadth(f"{lines[-1]} {word}", letters) <= room:
            lines[-1] = f"{lines[-1]} {word}"
            continue
        lines.append("")
        for letter in word:
            if lines[-1] and breadth(lines[-1] + letter, letters) > room and not unicodedata.combining(letter):
                lines.append("")
            lines[-1] += letter
    return lines


def jagged(start: Point, end: Point, swing: float) -> str:
    """A line that goes to and fro: straight at both ends, teeth between."""
    length = math.dist(start, end) or 1
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    teeth = max(2, round((length - 8) / 7))
    steps = [4 + (length - 8) * tooth / teeth for tooth in range(teeth + 1)]
    swings = [0.0, *(swing * (1 if tooth % 2 else -1) for tooth in range(1, teeth)), 0.0]
    points = [start]
    for step, off in zip(steps, swings, strict=True):
        points.append((start[0] + along[0] * step - along[1] * off, start[1] + along[1] * step + along[0] * off))
    return path([*points, end])


def arrow_head(tip: Point, tail: Point, size: float, **attributes: object) -> SafeString:
    """A filled head whose tip is here, as seen from the tail of the line."""
    back = Layout.towards(tip, tail, size)
    across = ((tip[1] - back[1]) * 0.55, (back[0] - tip[0]) * 0.55)
    corners = [tip, (back[0] + across[0], back[1] + across[1]), (back[0] - across[0], back[1] - across[1])]
    return element("path", d=path(corners, closed=True), **attributes)


def bow(lay: Layout, one: Point, other: Point) -> str:
    """The line between two who know each other: bent towards the middle, or around the disc where it would cross it."""
    halfway = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    far = math.dist(halfway, lay.centre)
    out = ((halfway[0] - lay.centre[0]) / far, (halfway[1] - lay.centre[1]) / far) if far > 1 else (0.0, -1.0)
    top = max(far * 0.78, 1.7 * lay.sheet.middle)
    bend = tuple(2 * (lay.centre[axis] + out[axis] * top) - halfway[axis] for axis in (0, 1))
    return f"{path([one])}Q{number(bend[0])} {number(bend[1])} {number(other[0])} {number(other[1])}"


def shape(kind: str, x: float, y: float, size: float, **attributes: object) -> SafeString:
    """The sign of a kind: a disc, a hexagon, a house, a double ring, a square or a diamond."""
    if kind in ("kin", "community"):
        disc = element("circle", cx=x, cy=y, r=size, **attributes)
        ring = element("circle", cx=x, cy=y, r=size * 0.5, class_="eco-ring") if kind == "community" else ""
        return element("g", disc, ring) if ring else disc
    side = size * 0.88
    corners = {
        "friend": [(x + size * math.cos(a), y + size * math.sin(a)) for a in (math.pi / 3 * k for k in range(6))],
        "neighbour": [(x, y - size * 1.1), (x + size, y - size * 0.2), (x + size * 0.8, y + size * 0.9)],
        "service": [(x - side, y - side), (x + side, y - side), (x + side, y + side), (x - side, y + side)],
        "programme": [(x, y - size * 1.2), (x + size * 1.2, y), (x, y + size * 1.2), (x - size * 1.2, y)],
    }[kind]
    if kind == "neighbour":
        corners += [(2 * x - left, y_) for left, y_ in reversed(corners[1:])]
    return element("path", d=path(corners, closed=True), **attributes)
