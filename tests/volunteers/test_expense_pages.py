"""Expenses as people see them: on the volunteer's phone, at the coordinator's desk, and in the file for the bank."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.clock import day_in_words, london_date, london_today
from tests import factories
from tests.documents.test_uploads import HEIC, Vast
from tests.volunteers import spending
from volunteers.models import ClaimState, ExpenseClaim, ExpenseLine, PayRun, Receipt
from volunteers.reports.expenses import waiting_claims


def said(answer) -> str:
    return answer.content.decode()


def page(client, name, *args, **query):
    return client.get(reverse(f"volunteers:{name}", args=args), query)


# --- the volunteer --------------------------------------------------------------------------------------------------


def test_a_journey_to_a_visit_is_kept_in_two_taps_with_the_miles_of_the_last_time(cast, as_user):
    before = factories.visit(cast.family, cast.volunteer, days_ago=9)
    spending.journey(spending.claim(cast.volunteer_row, "paid", by=cast.coordinator), "7.4", visit=before)
    visit = factories.visit(cast.family, cast.volunteer)
    client = as_user(cast.volunteer)

    form = page(client, "expense-add", "journey", visit=visit.uuid).context["form"]
    sent = {name: form[name].value() or "" for name in ("visit", "happened_on", "miles", "what_for")}
    answer = client.post(reverse("volunteers:expense-add", args=["journey"]), sent, follow=True)

    line = ExpenseLine.objects.get(visit=visit)
    assert (line.pence, line.happened_on) == (333, london_date(visit.actual_start))
    assert "£3.33" in said(answer)


def test_no_family_is_named_on_any_page_or_file_of_money(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer)
    claim = spending.claim(cast.volunteer_row, "paid", by=cast.coordinator)
    spending.journey(claim, visit=visit, days_ago=1)
    names = {"my-claim": cast.volunteer, "expense-claim": cast.coordinator}
    shown = [said(page(as_user(who), name, claim.pk)) for name, who in names.items()]
    shown += [said(page(as_user(cast.administrator), name, claim.pay_run_id)) for name in ("pay-run", "pay-run-file")]
    shown.append(said(page(as_user(cast.volunteer), "expense-add", "spent")))

    assert day_in_words(london_date(visit.actual_start)) in shown[0]
    for each in shown:
        assert cast.family.name not in each
        assert cast.family.reference not in each


def test_what_is_wrong_is_said_beside_its_field_and_everything_typed_is_kept(cast, as_user):
    client = as_user(cast.volunteer)
    sent = {"visit": "", "happened_on": "", "kind": "fare", "amount": "5.005", "what_for": "Weekly allowance"}

    first = client.post(reverse("volunteers:expense-add", args=["spent"]), sent)
    second = client.post(
        reverse("volunteers:expense-add", args=["spent"]), sent | {"happened_on": str(london_today()), "amount": "10"}
    )

    assert (first.status_code, second.status_code) == (422, 422)
    assert set(first.context["form"].errors) == {"happened_on", "amount"}
    assert "cannot pay a flat sum" in second.context["form"].errors["what_for"][0]
    assert "Weekly allowance" in said(second)
    assert not ExpenseLine.objects.exists()


def test_a_forty_megabyte_photo_is_refused_beside_its_field_and_the_line_stays(cast, as_user, monkeypatch):
    line = spending.line(spending.claim(cast.volunteer_row, "draft"), what_for="Taxi home")
    client = as_user(cast.volunteer)
    url = reverse("volunteers:expense-receipt", args=[line.pk])
    vast = Vast(HEIC)
    monkeypatch.setattr("betterstart.documents.uploads.LARGEST_FILE", len(HEIC) - 1)

    answer = client.post(url, {"receipt": vast, "no_receipt": "Lost it"})

    assert answer.status_code == 422
    assert "Take the photo with the camera" in answer.context["form"].errors["receipt"][0]
    assert "Lost it" in said(answer)
    assert "Taxi home" in said(answer)
    assert not Receipt.objects.filter(line=line).exists()


def test_a_receipt_comes_back_as_a_file_that_does_nothing_and_only_to_those_who_see_the_claim(cast, as_user):
    claim = spending.claim(cast.volunteer_row)
    line = claim.lines.get(kind="fare")

    answer = page(as_user(cast.manager), "receipt", line.pk)

    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{line.pk}.jpg"'
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "image/jpeg")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert page(as_user(cast.other_volunteer), "receipt", line.pk).status_code == 404


def test_a_volunteer_answers_a_question_and_reads_what_became_of_it(cast, as_user):
    claim = spending.claim(cast.volunteer_row)
    as_user(cast.coordinator).post(reverse("volunteers:expense-ask", args=[claim.pk]), {"words": "Both ways?"})
    client = as_user(cast.volunteer)
    assert "Both ways?" in said(page(client, "my-claim", claim.pk))

    client.post(reverse("volunteers:my-claim", args=[claim.pk]), {"answer": "Yes, both."})

    claim.refresh_from_db()
    assert (claim.state, claim.questions.get().answer) == (ClaimState.SUBMITTED, "Yes, both.")


# --- deciding -------------------------------------------------------------------------------------------------------


def test_whoever_decides_is_told_what_is_late_round_or_over_the_miles_and_decides_all_the_same(cast, as_user):
    spending.claim(cast.volunteer_row, "paid", by=cast.coordinator).lines.filter(kind="fare").update(pence=1000)
    claim = spending.claim(cast.volunteer_row)
    spending.line(claim, 1000, days_ago=120)
    spending.journey(claim, "10", miles_after=4, pence=370)
    client = as_user(cast.coordinator)

    shown = said(page(client, "expense-claim", claim.pk))

    for sentence in ("Asked for late: more than 3 months ago", "A round sum, the same as once before", "10,000 miles"):
        assert sentence in shown
    lines = list(claim.lines.all())
    sent = {f"pay_{line.pk}": "on" for line in lines} | {"seen": sum(line.pence for line in lines)}
    assert client.post(reverse("volunteers:expense-claim", args=[claim.pk]), sent).status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.pence) == (ClaimState.APPROVED, 450 + 280 + 1000 + 370)


def test_a_line_left_out_without_a_reason_is_asked_about_and_ticks_are_kept(cast, as_user):
    claim = spending.claim(cast.volunteer_row)
    bus = claim.lines.get(kind="fare")
    sent = {f"pay_{claim.lines.get(kind='mileage').pk}": "on", "seen": 730}

    answer = as_user(cast.coordinator).post(reverse("volunteers:expense-claim", args=[claim.pk]), sent)

    assert list(answer.context["form"].errors) == [f"why_{bus.pk}"]
    assert not answer.context["form"][f"pay_{bus.pk}"].value()


def test_there_is_one_line_for_all_claims_that_wait_and_none_for_ones_own(cast):
    own = factories.volunteer(cast.coordinator, cast.here)
    spending.claim(own)
    for row in (cast.volunteer_row, cast.other_volunteer_row):
        spending.claim(row)

    needs = waiting_claims(cast.coordinator, london_today(), 50).needs

    assert [each.reason.split(",")[0] for each in needs] == ["2 expense claims wait"]


# --- paying ---------------------------------------------------------------------------------------------------------


def test_the_file_names_whom_how_much_for_which_claim_and_no_name_becomes_a_formula(cast, as_user):
    cast.volunteer.display_name = "=HYPERLINK(1)"
    cast.volunteer.save()
    claim = spending.claim(cast.volunteer_row, "approved", by=cast.coordinator)
    client = as_user(cast.manager)

    client.post(reverse("volunteers:pay-runs"), {"organisation": cast.here.pk, "until": str(london_today())})
    run = PayRun.objects.get()
    files = [said(page(client, "pay-run-file", run.pk)) for _twice in range(2)]

    day = london_today()
    spent = str(day - dt.timedelta(days=2))
    rows = list(csv.reader(io.StringIO(files[0].removeprefix("\ufeff"))))
    assert rows[1] == ["'=HYPERLINK(1)", claim.reference, "7.3", spent, spent, str(day), str(day)]
    assert files[0] == files[1]


# --- as many queries for thirty as for one --------------------------------------------------------------------------


def one_more(cast, number):
    person = factories.user(f"Volunteer {number}", "volunteer", cast.home)
    row = factories.volunteer(person, cast.here)
    spending.claim(row)
    for state in ("approved", "paid"):
        spending.claim(row, state, by=cast.coordinator)
    paid = spending.claim(cast.volunteer_row, "paid", by=cast.coordinator)
    cast.run = cast.run or paid.pay_run
    ExpenseClaim.objects.filter(pk=paid.pk).update(pay_run=cast.run)
    draft = ExpenseClaim.objects.filter(volunteer=cast.volunteer_row, state="draft").first()
    draft = draft or spending.claim(cast.volunteer_row, "draft")
    cast.asked = cast.asked or spending.claim(cast.volunteer_row, "submitted")
    for claim in (draft, cast.asked):
        visit = factories.visit(cast.family, cast.volunteer, days_ago=number + 1)
        spending.journey(claim, visit=visit)
        spending.line(claim, 1000)
    now = factories.timezone.now()
    cast.asked.questions.create(words="Why?", answer="So.", asked_by=cast.coordinator, answered_at=now)
    factories.visit(cast.family, cast.volunteer, days_ago=number + 1)
    adult = factories.member(cast.family, f"Adult {number}", "other_adult")
    spending.allows_words(adult, cast.coordinator)
    spending.thanks(cast.volunteer_row, cast.coordinator, adult, read_at=now)


PAGES = [
    ("volunteer", "my-expenses", "", 24),
    ("volunteer", "my-claim", "asked", 20),
    ("volunteer", "my-thanks", "", 20),
    ("coordinator", "thank", "volunteer", 26),
    ("coordinator", "expense-claims", "", 12),
    ("coordinator", "expense-claim", "asked", 20),
    ("manager", "pay-runs", "", 14),
    ("manager", "pay-run", "run", 14),
    ("manager", "pay-run-file", "run", 14),
]


def test_pages_need_as_many_queries_for_thirty_rows_as_for_one(cast, as_user):
    cast.run = cast.asked = None
    counted = []
    for rows in (1, 30):
        for number in range(rows):
            one_more(cast, rows * 40 + number)
        found = {}
        for who, name, about, _most in PAGES:
            of = {"asked": cast.asked.pk, "run": cast.run.pk, "volunteer": cast.volunteer_row.pk}
            client = as_user(getattr(cast, who))
            args = [of[about]] if about else []
            page(client, name, *args)
            with CaptureQueriesContext(connection) as captured:
                assert page(client, name, *args).status_code == 200
            found[name] = len(captured)
        counted.append(found)

    assert counted[0] == counted[1]
    assert {name: counted[0][name] for _who, name, _about, most in PAGES if counted[0][name] > most} == {}
