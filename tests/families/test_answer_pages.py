"""The pages of what adults agreed to, of what was shared without a yes, and of what an organisation asks."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import at_london, london_today
from families.actions.answer import give_agreement, give_permission
from families.models import (
    BreakGlass,
    DataChoice,
    Disclosure,
    PurposeBasis,
    SharingPermission,
    Support,
    SupportAgreement,
    Wording,
)
from families.models.sharing import To
from families.reports.answers import ending_soon, no_longer_agreed
from tests import factories
from tests.families.consenting import two_of

TODAY = london_today()


@pytest.fixture
def two(cast):
    cast = two_of(cast)
    cast.url = f"/families/{cast.family.reference}/agreed/"
    cast.ask = f"{cast.url}{cast.amina.uuid}/"
    return cast


def sent(**fields):
    """As a browser sends it: nothing is chosen for them."""
    return {"on": TODAY.isoformat(), "language": "en", "read": 1, "uuid": str(uuid.uuid4())} | fields


def test_page_says_for_each_adult_what_was_asked_answered_by_whom_and_in_which_words(two, as_user):
    client = as_user(two.coordinator)
    client.post(f"{two.ask}{two.here.pk}/photos/", sent(answer="refused", how="signed"))

    page = client.get(two.url).text
    assert "What Amina agreed to" in page
    assert "What Bilal agreed to" in page
    assert "Carys Coordinator asked" in page
    assert "May we take photos of you" in page
    assert "Not asked yet" in page
    assert "We need this because" in page
    assert FamilyRead.objects.filter(page="answers").count() == 2
    row = DataChoice.objects.get()
    assert (row.member, row.answer, row.how, row.purpose) == (two.amina, "refused", "signed", "photos")


def test_nothing_is_ticked_beforehand(two, as_user):
    client = as_user(two.coordinator)
    for url in (f"{two.here.pk}/photos/", f"{two.here.pk}/share/", f"to/{two.support.pk}/"):
        assert " checked" not in client.get(two.ask + url).text
        assert client.post(two.ask + url, sent()).status_code == 422
    assert not DataChoice.objects.exists()
    assert not SharingPermission.objects.exists()


def test_yes_to_a_named_recipient_is_written_down_and_taken_back_in_two_taps(two, as_user):
    client = as_user(two.coordinator)
    given = sent(recipient="named", named="Toy library", what="introduce", answer="given", how="spoken")
    client.post(f"{two.ask}{two.here.pk}/share/", given)
    row = SharingPermission.objects.get()
    assert (row.named, row.what, row.answer) == ("Toy library", "introduce", "given")

    take_back = f"{two.url}take-back/permission/{row.uuid}/"
    assert take_back in client.get(two.url).text  # the first tap
    assert "nothing is shared with Toy library" in client.get(take_back).text
    client.post(take_back)  # the second
    client.post(take_back)

    assert list(SharingPermission.objects.order_by("pk").values_list("answer", flat=True)) == ["given", "withdrawn"]
    assert "Taken back" in client.get(two.url).text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"recipient": "named"}, "Write who it is."),
        ({"recipient": "service-0"}, "not one of"),
        ({"until": "2020-01-01"}, "Choose a day after today"),
        ({"on": "2099-01-01"}, "has not come yet"),
        ({"read": 7}, "These words have changed since"),
        ({"interpreter": "friend", "interpreted_by": "zayn"}, "A child should not have to interpret"),
    ],
)
def test_what_cannot_be_comes_back_with_what_was_typed(two, as_user, typed, sentence):
    typed = {name: getattr(two, value).pk if value == "zayn" else value for name, value in typed.items()}
    known = {"recipient": f"service-{two.far.pk}", "what": "talk", "answer": "given", "how": "spoken"}
    answer = as_user(two.coordinator).post(f"{two.ask}{two.here.pk}/share/", sent(**known | typed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not SharingPermission.objects.exists()


def test_agreement_to_be_supported_is_asked_and_taken_back(two, as_user):
    client = as_user(two.coordinator)
    client.post(f"{two.ask}to/{two.support.pk}/", sent(answer="given", how="signed"))
    row = SupportAgreement.objects.get()
    client.post(f"{two.url}take-back/agreement/{row.uuid}/")

    assert SupportAgreement.objects.latest("pk").answer == "withdrawn"
    with acting_as(Scope.SCOPED, two.coordinator.pk):
        found = no_longer_agreed(two.coordinator, TODAY, 9)
    assert [need.family for need in found.needs] == [two.family]
    give_agreement(by=two.coordinator, adult=two.bilal, support=two.support, answer="given", how="spoken")
    assert not no_longer_agreed(two.coordinator, TODAY, 9).total


def test_purpose_that_is_no_question_cannot_be_asked(two, as_user):
    client = as_user(two.coordinator)
    for url in ("statistics/", "nonsense/"):
        assert client.get(f"{two.ask}{two.here.pk}/{url}").status_code == 404
    assert client.get(f"{two.url}{two.zayn.uuid}/{two.here.pk}/photos/").status_code == 404
    assert client.get(f"{two.ask}{two.elsewhere.pk}/photos/").status_code == 404


def test_page_takes_the_same_queries_for_one_answer_and_for_thirty(two, as_user):
    client = as_user(two.coordinator)
    factories.permission(two.amina, two.here, two.coordinator, named="One")
    client.get(two.url)
    counts = []
    for names in ((), [f"Place {number}" for number in range(30)]):
        for name in names:
            factories.permission(two.amina, two.here, two.coordinator, named=name)
            Disclosure.objects.create(
                family=two.family, organisation=two.here, what="x", to_whom=name, why="y", basis="child",
                family_told="before", by=two.coordinator,
            )  # fmt: skip
        for url in (two.url, f"/families/{two.family.reference}/disclosures/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(url)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


SOON = [(0, False), (1, True), (30, True), (31, False)]


@pytest.mark.parametrize(("days", "told"), SOON)
def test_today_tells_thirty_days_before_a_yes_ends_until_it_is_asked_again(two, days, told):
    end = at_london(TODAY + dt.timedelta(days=days), dt.time())
    said = {"happened_at": end - dt.timedelta(days=200), "expires_at": end}
    factories.permission(two.amina, two.here, two.coordinator, named="Library", **said)

    def due():
        with acting_as(Scope.SCOPED, two.coordinator.pk):
            return [need.family for need in ending_soon(two.coordinator, TODAY, 9).needs]

    assert due() == ([two.family] if told else [])
    give_permission(by=two.coordinator, adult=two.amina, organisation=two.here, to=To(named="Elsewhere"), what="talk",
                    answer="given", how="spoken")  # fmt: skip
    assert due() == ([two.family] if told else [])
    give_permission(by=two.coordinator, adult=two.amina, organisation=two.here, to=To(named="Library"), what="talk",
                    answer="refused", how="spoken")  # fmt: skip
    assert due() == []


# --- without a yes ---------------------------------------------------------------------------------------------------


def disclosed(**fields):
    told = {"to_whom": "Children’s social care", "what": "What he said", "why": "He was not safe", "basis": "child"}
    told |= {"happened_on": TODAY.isoformat(), "family_told": "no", "why_not_told": "More risk"}
    return told | {"uuid": str(uuid.uuid4())} | fields


def test_disclosure_is_written_by_a_coordinator_and_read_by_those_who_answer_for_the_record(two, as_user):
    url = f"/families/{two.family.reference}/disclosures/"
    client, form = as_user(two.coordinator), disclosed()
    client.post(f"{url}new/", form)
    client.post(f"{url}new/", form)

    row = Disclosure.objects.get()
    assert (row.organisation, row.by, row.basis, row.family_told) == (two.here, two.coordinator, "child", "no")
    event = AuditEvent.objects.get(verb="disclosure.recorded")
    assert event.details == {"basis": "child", "family_told": "no"}
    page = client.get(url).text
    assert "Children’s social care" in page
    assert "More risk" in page
    assert as_user(two.volunteer).get(url).status_code == 404


def test_safeguarding_lead_who_opened_the_record_writes_one_down_and_a_manager_reads_it(two, as_user):
    url = f"/families/{two.family.reference}/disclosures/"
    for who in (two.lead, two.manager):
        BreakGlass.objects.create(
            family=two.family, user=who, reason="x", expires_at=timezone.now() + dt.timedelta(hours=1)
        )
    as_user(two.lead).post(f"{url}new/", disclosed(family_told="before"))

    assert Disclosure.objects.get().organisation == two.here
    manager = as_user(two.manager)
    assert "Children’s social care" in manager.get(url).text
    assert manager.get(f"{url}new/").status_code == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"why_not_told": ""}, "Say why the family was not told."),
        ({"family_told": ""}, "required"),
        ({"basis": ""}, "required"),
        ({"happened_on": "2099-01-01"}, "has not come yet"),
        ({"what": "x" * 2001}, "at most 2000"),
    ],
)
def test_disclosure_that_says_too_little_is_refused_beside_its_field(two, as_user, typed, sentence):
    url = f"/families/{two.family.reference}/disclosures/new/"
    answer = as_user(two.coordinator).post(url, disclosed(**typed))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Disclosure.objects.exists()


@pytest.mark.parametrize(
    ("told", "about", "shown"),
    [("no", None, False), ("before", None, True), ("after", "amina", True), ("before", "bilal", False)],
)
def test_family_page_shows_a_disclosure_only_where_the_family_was_told_and_to_whom_it_is_about(two, told, about, shown):
    row = factories.disclosure(two.family, two.lead, family_told=told, about=getattr(two, about) if about else None)
    with acting_as(Scope.FAMILY, None, adult_id=two.amina.pk):
        assert list(Disclosure.objects.values_list("pk", flat=True)) == ([row.pk] if shown else [])


# --- what an organisation asks ---------------------------------------------------------------------------------------


def test_administrator_words_a_question_in_a_language_and_earlier_answers_keep_theirs(two, as_user):
    coordinator = as_user(two.coordinator)
    coordinator.post(f"{two.ask}{two.here.pk}/photos/", sent(answer="given", how="spoken"))
    url = f"/organisations/{two.here.pk}/asked/"
    administrator = as_user(two.administrator)
    assert "Our usual words" in administrator.get(url).text
    for words in ("One photo, for you alone?", "One photo?"):
        version = Wording.objects.filter(about="photos", language="en").latest("version").version
        administrator.post(f"{url}photos/en/", {"basis": "consent", "words": words, "version": version})
    administrator.post(f"{url}photos/so/", {"basis": "consent", "words": "Hal sawir?", "version": 3})

    versions = Wording.objects.filter(about="photos").order_by("pk").values_list("language", "version")
    assert list(versions) == [("en", 1), ("en", 2), ("en", 3), ("so", 2)]
    assert DataChoice.objects.get().wording.version == 1
    assert "One photo?" in as_user(two.coordinator).get(f"{two.ask}{two.here.pk}/photos/").text
    assert "Hal sawir?" in as_user(two.coordinator).get(f"{two.ask}{two.here.pk}/photos/?language=so").text


def test_words_that_changed_meanwhile_are_not_written_over(two, as_user):
    url = f"/organisations/{two.here.pk}/asked/photos/en/"
    client = as_user(two.administrator)
    client.post(url, {"basis": "consent", "words": "First", "version": 1})

    assert client.post(url, {"basis": "consent", "words": "Second", "version": 1}).status_code == 422
    assert Wording.objects.get().words == "First"


def test_other_basis_makes_a_reason_of_a_question_and_needs_other_words(two, as_user):
    url = f"/organisations/{two.here.pk}/asked/text/en/"
    page = as_user(two.administrator).post(url, {"basis": "public_task", "words": "May we?", "version": 1}, follow=True)

    assert PurposeBasis.objects.get().basis == "public_task"
    assert not Wording.objects.exists()
    assert "We need this because" in page.text


def test_what_there_is_no_support_without_is_never_made_a_question(two, as_user):
    url = f"/organisations/{two.here.pk}/asked/record/en/"
    client = as_user(two.administrator)

    assert client.post(url, {"basis": "consent", "words": "May we?", "version": 1}).status_code == 422
    assert not PurposeBasis.objects.exists()
    assert Support.objects.exists()
