"""What journeys are worth: exact, whatever their order, and never more than the rates allow."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from volunteers.models.mileage import (
    MILES_AT_FIRST_RATE,
    USUAL_TERMS,
    Terms,
    claim_until,
    price,
    tax_year,
    terms_on,
)

DAY = dt.date(2026, 6, 3)
miles = st.integers(1, 5_000).map(lambda tenths: Decimal(tenths) / 10)
rates = st.tuples(st.integers(1, 10_000), st.integers(0, 10_000)).map(
    lambda pair: Terms(DAY, Decimal(max(pair)) / 100, Decimal(min(pair)) / 100)
)
driven = st.integers(0, 130_000).map(lambda tenths: Decimal(tenths) / 10)


def allowed(total: Decimal, terms: Terms) -> Decimal:
    """What the rates give for so many miles of a tax year, to the part of a penny."""
    first = min(total, MILES_AT_FIRST_RATE)
    return first * terms.pence_a_mile + (total - first) * terms.pence_after


def paid(journeys: list[Decimal], before: Decimal, terms: Terms) -> int:
    pence = 0
    for each in journeys:
        pence += price(each, before, terms).pence
        before += each
    return pence


@settings(max_examples=200, deadline=None)
@given(st.lists(miles, max_size=30), driven, rates, st.randoms(use_true_random=False))
def test_no_order_of_journeys_pays_more_than_the_rates_allow_nor_a_penny_a_journey_less(
    journeys, before, terms, chance
):
    exact = allowed(before + sum(journeys), terms) - allowed(before, terms)
    shuffled: list[Decimal] = [*journeys]
    Random(chance.random()).shuffle(shuffled)

    for order in (journeys, shuffled):
        assert exact - len(journeys) <= paid(order, before, terms) <= exact


@settings(max_examples=200, deadline=None)
@given(miles, miles, driven, rates)
def test_one_journey_written_as_two_never_pays_more(one, other, before, terms):
    whole = price(one + other, before, terms).pence

    assert whole - 1 <= paid([one, other], before, terms) <= whole


@settings(max_examples=200, deadline=None)
@given(miles, driven, rates)
def test_a_journey_is_split_where_ten_thousand_miles_are_reached_and_no_mile_is_lost(one, before, terms):
    priced = price(one, before, terms)

    assert priced.miles_first + priced.miles_after == one
    assert priced.miles_after == 0 or before + priced.miles_first == max(before, MILES_AT_FIRST_RATE)
    assert min(priced.miles_first, priced.miles_after) >= 0


@pytest.mark.parametrize(
    ("miles", "before", "first", "after", "pence"),
    [
        ("10", "0", "10", "0", 450),
        ("10", "9990", "10", "0", 450),
        ("10", "9995", "5", "5", 5 * 45 + 5 * 25),
        ("10", "10000", "0", "10", 250),
        ("10", "12000", "0", "10", 250),
        ("7.5", "0", "7.5", "0", 337),
        ("0.1", "9999.9", "0.1", "0", 4),
        ("0.3", "9999.9", "0.1", "0.2", 9),
    ],
)
def test_the_usual_rate_in_pence(miles, before, first, after, pence):
    priced = price(Decimal(miles), Decimal(before), USUAL_TERMS)

    assert (priced.miles_first, priced.miles_after, priced.pence) == (Decimal(first), Decimal(after), pence)


@pytest.mark.parametrize(("day", "year"), [("2026-04-05", 2025), ("2026-04-06", 2026), ("2027-01-01", 2026)])
def test_a_tax_year_begins_on_the_sixth_of_april(day, year):
    assert tax_year(dt.date.fromisoformat(day)) == year


@pytest.mark.parametrize(
    ("day", "months", "until"),
    [("2026-06-03", 3, "2026-09-03"), ("2025-11-30", 3, "2026-02-28"), ("2026-10-31", 14, "2027-12-31")],
)
def test_the_window_ends_on_the_same_day_so_many_months_later(day, months, until):
    assert claim_until(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(until)


def test_the_rate_of_the_day_holds_and_of_one_day_the_newest():
    june, corrected = Terms(DAY, Decimal(50), Decimal(30)), Terms(DAY, Decimal(46), Decimal(26))
    held = [corrected, june, USUAL_TERMS]

    assert terms_on(held, DAY) == corrected
    assert terms_on(held, DAY - dt.timedelta(days=1)) == USUAL_TERMS
    assert terms_on(held, dt.date(2001, 1, 1)) == USUAL_TERMS
