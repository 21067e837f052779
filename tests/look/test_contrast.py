"""The colours can be read: every pair of text and ground that the stylesheets use, by day and by night."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css").read_text()
GROUNDS = ["paper", "card", "sand", "slate-tint", "coral-tint", "ok-tint", "warn-tint", "stop-tint"]
TEXT_ON_GROUND = [
    *[(text, ground) for text in ("ink", "quiet") for ground in GROUNDS],
    *[(voice, ground) for voice in ("slate", "coral", "ok", "warn", "stop") for ground in ("paper", "card")],
    *[(voice, f"{voice}-tint") for voice in ("slate", "coral", "ok", "warn", "stop")],
    *[("on-accent", voice) for voice in ("slate", "slate-strong", "coral", "stop", "stop-strong")],
    *[("ink", f"hue-{number}") for number in range(1, 9)],
]
# The edge of a control is not text: 3 to 1 is the law there.
EDGES = [(edge, ground) for edge in ("quiet", "slate", "coral", "stop") for ground in ("paper", "card")]


def colours(scheme: str) -> dict[str, str]:
    day, night = TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", day))
    return found if scheme == "light" else {**found, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night))}


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance of an sRGB colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_and_white_is_twenty_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON_GROUND)
def test_text_on_its_ground_has_contrast_five(scheme, text, ground):
    tokens = colours(scheme)

    assert contrast(tokens[text], tokens[ground]) >= 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edge_of_a_control_has_contrast_three(scheme, edge, ground):
    tokens = colours(scheme)

    assert contrast(tokens[edge], tokens[ground]) >= 3
