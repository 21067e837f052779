"""What visits must fit: two taps for nothing special, and never a guess for what nobody asked."""

from __future__ import annotations

import pytest

from betterstart.clock import london_today
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.own_words import PlanRefused
from families.actions.visit_needs import VisitNeedsRefused, say_visit_needs
from families.models import VisitNeeds
from tests import factories
from tests.families.test_family_page import text

GIVEN = {"version": 0, "suits": ["tue-evening", "mon-morning"], "at_home": ["stairs", "dog"]}


@pytest.fixture
def support(cast):
    return cast.family.supports.get()


@pytest.fixture
def url(cast, support):
    return f"/families/{cast.family.reference}/supports/{support.pk}/plan/"


def test_it_is_kept_in_order_with_who_said_so_and_changed_later(cast, support):
    amina = cast.family.members.get()
    row = say_visit_needs(by=cast.coordinator, support=support, said_by=amina, **GIVEN)

    assert (row.suits, row.at_home, row.said_by) == (["mon-morning", "tue-evening"], ["dog", "stairs"], amina)
    assert row.in_words == ["A dog", "Stairs or steps to get in", "Monday: morning", "Tuesday: evening"]
    again = {"version": 1, "suits": None, "at_home": [], "language": "ur", "interpreter_will_do": True}
    row = say_visit_needs(by=cast.coordinator, support=support, **again)
    assert (row.suits, row.at_home, row.said_by, row.version) == (None, [], None, 2)
    assert row.in_words == ["Visits in Urdu, or with an interpreter"]
    for version in (0, 1):
        with pytest.raises(StaleEdit):
            say_visit_needs(by=cast.coordinator, support=support, **again | {"version": version})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"suits": ["someday"]}, "suits"),
        ({"at_home": ["dragon"]}, "at_home"),
        ({"enjoys": ["quarrels"]}, "enjoys"),
        ({"who_comes": "two"}, "why"),
        ({"who_comes": "everybody"}, "who_comes"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_cannot_be_so_is_refused_beside_its_field(cast, support, changed, field):
    with pytest.raises(VisitNeedsRefused) as refusal:
        say_visit_needs(by=cast.coordinator, support=support, **GIVEN | changed)

    assert list(refusal.value.error_dict) == [field]


def test_nobody_else_writes_it_nor_for_a_child_nor_when_it_is_over(cast, support):
    for who in (cast.other_coordinator, cast.volunteer, cast.manager):
        with pytest.raises(NotYourService):
            say_visit_needs(by=who, support=support, **GIVEN)
    child = factories.member(cast.family, "Zayn")
    with pytest.raises(PlanRefused):
        say_visit_needs(by=cast.coordinator, support=support, said_by=child, **GIVEN)
    over = factories.family(cast.home, "Cleo", state="ended_planned").supports.get()
    with pytest.raises(PlanRefused):
        say_visit_needs(by=cast.coordinator, support=over, **GIVEN)


def test_nothing_special_takes_two_taps_at_the_initial_visit(cast, as_user, url):
    client, amina = as_user(cast.coordinator), cast.family.members.get()
    assert f"{url}visits/" in client.get(f"{url}start/").content.decode()
    assert "Nothing special, says Amina" in text(client.get(f"{url}visits/"))

    client.post(f"{url}visits/nothing/", {"said_by": amina.uuid})

    row = VisitNeeds.objects.get()
    assert (row.suits, row.at_home, row.said_by, row.said_on) == ([], [], amina, london_today())
    assert "Nothing special" in text(client.get(f"{url}start/"))
    assert "says Amina" not in text(client.get(f"{url}visits/"))
    assert "meanwhile" in text(client.post(f"{url}visits/nothing/", {"said_by": amina.uuid}, follow=True))
    assert "Choose who says so." in text(client.post(f"{url}visits/nothing/", {"said_by": "nobody"}, follow=True))


def test_coordinator_writes_what_is_said_and_reads_it_on_the_plan(cast, as_user, url):
    client, amina = as_user(cast.coordinator), cast.family.members.get()
    factories.need(cast.family)
    typed = {"suits": ["mon-morning"], "at_home": ["none"], "words": "No perfume, please.", "who_comes": "one"}
    typed |= {"version": 0, "said_by": amina.uuid, "said_on": london_today().isoformat(), "enjoys": ["books"]}

    assert client.post(f"{url}visits/", typed).status_code == 302

    row = VisitNeeds.objects.get()
    assert (row.suits, row.at_home, row.words, row.enjoys) == (["mon-morning"], [], "No perfume, please.", ["books"])
    page = text(client.get(url))
    assert "Monday: morning" in page
    assert "No perfume, please." in page
    stale = client.post(f"{url}visits/", typed)
    assert (stale.status_code, "No perfume" in text(stale)) == (409, True)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"any_time": "on", "suits": ["mon-morning"]}, "Tick times, or that any time is fine."),
        ({"at_home": ["none", "dog"]}, "Tick what is there, or “None of this”."),
        ({"interpreter_will_do": "on"}, "Choose the language that an interpreter would be for."),
        ({"who_comes": "worker"}, "Say in a sentence why."),
        ({"said_by": ""}, "Please choose one."),
    ],
)
def test_form_asks_kindly_and_keeps_what_was_typed(cast, as_user, url, typed, words):
    amina = cast.family.members.get()
    sent = {"version": 0, "said_by": amina.uuid, "said_on": london_today().isoformat(), "words": "No perfume."} | typed

    answer = as_user(cast.coordinator).post(f"{url}visits/", sent)

    assert answer.status_code == 422
    page = text(answer)
    assert words in page
    assert "No perfume." in page
