import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterstart.places.postcodes import NotAPostcode, has_geography, normalise_postcode

OUTWARD = st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]?", fullmatch=True).filter(str.isascii)
INWARD = st.from_regex(r"[0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True).filter(str.isascii)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("bd72aa", "BD7 2AA"),
        (" BD7 2AA ", "BD7 2AA"),
        ("BD7\u00a02AA", "BD7 2AA"),
        ("b d 7 2 a a", "BD7 2AA"),
        ("BD7-2AA.", "BD7 2AA"),
        ("W1A 1HQ", "W1A 1HQ"),
        ("ec1a1bb", "EC1A 1BB"),
        ("M1 1AE", "M1 1AE"),
        ("BD10 0QE", "BD10 0QE"),
        ("zz993vz", "ZZ99 3VZ"),
        ("ZZ99 3WZ", "ZZ99 3WZ"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_normalise_gives_the_official_shape(typed, normal):
    assert normalise_postcode(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "BD7 2A",
        "none",
        "refuge",
        "BFPO",
        "BFPO 801",
        "BD7 2CC",  # C is not used in the last two letters
        "BD7 2A\u0410",  # a Cyrillic letter that looks like A
        "BD\u0667 2AA",  # an Arabic digit
        "BD7 2AA BD7 2AA BD7 2AA",
        "12345",
        "BD7 2AA\x00",
        "A" * 1_000_000,
    ],
)
def test_normalise_refuses_what_is_no_postcode(typed):
    with pytest.raises(NotAPostcode):
        normalise_postcode(typed)


@given(OUTWARD, INWARD, st.sampled_from(["", " ", "  ", "\t", "-"]), st.booleans())
def test_normalise_overlooks_spacing_and_capitals(outward, inward, gap, lower):
    typed = outward + gap + inward
    assert normalise_postcode(typed.lower() if lower else typed) == f"{outward} {inward}"


@given(st.text(max_size=25))
def test_normalise_either_refuses_or_gives_a_fixed_point(typed):
    try:
        normal = normalise_postcode(typed)
    except NotAPostcode:
        return
    assert normalise_postcode(normal) == normal
    assert normal == normal.upper()


@pytest.mark.parametrize(
    ("postcode", "known"), [("BD7 2AA", True), ("", False), ("ZZ99 3VZ", False), ("ZZ99 3WZ", False)]
)
def test_has_geography_leaves_out_pseudo_postcodes(postcode, known):
    assert has_geography(postcode) is known
