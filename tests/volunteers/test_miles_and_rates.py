"""Which tax year miles are told for, and that no rate traps a claim."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from betterstart.clock import london_today
from tests.volunteers import spending
from volunteers.models import ExpenseTerms, MilesElsewhere
from volunteers.models.mileage import tax_year

THIS = tax_year(london_today())


@pytest.mark.parametrize(
    ("query", "year"), [("", THIS), (f"?year={THIS}", THIS), (f"?year={THIS - 1}", THIS - 1), ("?year=1999", THIS)]
)
def test_miles_from_elsewhere_are_kept_for_this_tax_year_or_the_last(cast, as_user, query, year):
    client = as_user(cast.volunteer)
    url = reverse("volunteers:miles-elsewhere") + query

    assert f"from 6 April {year} to 5 April {year + 1}" in client.get(url).content.decode()
    client.post(url, {"miles": "120"})

    assert MilesElsewhere.objects.values_list("tax_year", "miles").get() == (year, Decimal(120))


def test_a_rate_of_nothing_is_refused_beside_its_field(cast, as_user):
    sent = {"organisation": cast.here.pk, "starts_on": str(london_today()), "pence_a_mile": "45", "claim_months": "3"}

    answer = as_user(cast.manager).post(reverse("volunteers:expense-terms"), sent | {"pence_after": "0"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["pence_after"]


def test_a_line_that_cannot_be_taken_off_says_why_and_stays(cast, as_user):
    claim = spending.claim(cast.volunteer_row, "draft")
    bus = claim.lines.get(kind="fare")
    MilesElsewhere.objects.create(volunteer=cast.volunteer_row, tax_year=tax_year(bus.happened_on), miles=10_000)
    ExpenseTerms.objects.create(
        organisation=cast.here, starts_on=bus.happened_on, pence_a_mile=45, pence_after=0, set_by=cast.manager
    )

    answer = as_user(cast.volunteer).post(reverse("volunteers:expense-remove", args=[bus.pk]), follow=True)

    assert "less than a penny" in answer.content.decode()
    assert claim.lines.filter(pk=bus.pk).exists()


def test_before_a_goodbye_it_says_what_is_not_sent_yet(cast, as_user):
    client = as_user(cast.coordinator)
    url = reverse("volunteers:leave", args=[cast.volunteer_row.pk])
    spending.claim(cast.volunteer_row, "submitted")
    assert "not sent yet" not in client.get(url).content.decode()

    spending.claim(cast.volunteer_row, "draft")

    assert "£7.30 not sent yet" in client.get(url).content.decode()
