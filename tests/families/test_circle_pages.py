"""The pages of a circle of support: what is typed, what is shown, and to whom."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from families.actions.circle import start_circle
from families.models import BreakGlass, Circle, CircleTie
from tests import factories
from tests.charts.reading import of_class
from tests.families.own import enter


@pytest.fixture
def circle(cast):
    return start_circle(by=cast.coordinator, family=cast.family, member=cast.family.members.get(role="parent"))


def url(circle, rest=""):
    return f"/families/{circle.family.reference}/circles/{circle.uuid}/{rest}"


def page(client, address):
    return client.get(address).content.decode()


def drawn_in(html):
    """The picture for a desk, and the rows of the list, read off a page."""
    svg = re.search(r"<svg[^>]*chart-ecomap.*?</svg>", html, re.S)[0]
    rows = re.findall(r'<li class="row" data-tie="([^"]+)">.*?<p class="reason">(.*?)</p>', html, re.S)
    return of_class(svg, "eco-tie"), {key: re.sub("[\u2068\u2069]", "", unescape(words)) for key, words in rows}


def test_somebody_is_put_in_with_a_nickname_and_two_taps(cast, as_user, circle):
    client = as_user(cast.coordinator)
    sent = {"nickname": "امی", "kind": "kin", "strength": "3", "between": ["gives", "receives"]}

    answer = client.post(url(circle, "add/"), sent, follow=True)

    tie = CircleTie.objects.get()
    assert (tie.nickname, tie.strength, tie.gives, tie.receives, tie.strained) == ("امی", 3, True, True, False)
    assert answer.redirect_chain[0][0] == url(circle) + "#add"
    assert "“امی” is in the circle." in answer.content.decode()


def test_nothing_is_chosen_before_anybody_spoke(cast, as_user, circle):
    assert "checked" not in page(as_user(cast.coordinator), url(circle))


@pytest.mark.parametrize("said", ["unsaid", ""])
def test_how_close_may_be_kept_to_oneself(cast, as_user, circle, said):
    as_user(cast.coordinator).post(url(circle, "add/"), {"nickname": "Mum", "kind": "kin", "strength": said})

    assert CircleTie.objects.get().strength is None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"nickname": "", "kind": "kin"}, "Write what you call them"),
        ({"nickname": "Mum"}, "Choose who they are"),
        ({"nickname": "m" * 31, "kind": "kin"}, "room for at most 30"),
        ({"nickname": "Mum", "kind": "kin", "strength": "9"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_with_what_was_typed(cast, as_user, circle, sent, sentence):
    answer = as_user(cast.coordinator).post(url(circle, "add/"), {"since": "school"} | sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in html or "This field is required" in html
    assert 'value="school"' in html
    assert not CircleTie.objects.exists()


def test_picture_and_list_of_a_page_say_the_same(cast, as_user, circle):
    for number, (nickname, kind) in enumerate([("Mum", "kin"), ("Bev", "neighbour"), ("GP", "service")]):
        fields = {"strained": number == 1, "gives": number != 2, "receives": number != 1, "strength": number}
        factories.circle_tie(circle, nickname, kind, **fields)

    groups, rows = drawn_in(page(as_user(cast.coordinator), url(circle)))

    assert [group.get("data-tie") for group in groups] == list(rows)
    for group in groups:
        words, classes = rows[group.get("data-tie")], [part.get("class", "") for part in group.iter()]
        assert ("strained" in words) == any("eco-line strained" in each for each in classes)
        arrows = {name for name in ("gives", "receives") if any(name in each.split() for each in classes)}
        assert ("both give" in words) == (arrows == {"gives", "receives"})
        assert ("Amina gives" in words) == (arrows == {"gives"})


def test_one_of_us_is_offered_by_first_name_until_in_the_circle(cast, as_user, circle):
    client = as_user(cast.coordinator)
    assert "?who=Vera" in page(client, url(circle))

    filled = page(client, url(circle, "add/?who=Vera"))
    assert 'value="Vera"' in filled
    assert re.search(r'value="programme"[^>]*checked', filled)

    factories.circle_tie(circle, "vera", "programme")
    assert "?who=Vera" not in page(client, url(circle))
    assert 'value="Vera"' not in page(client, url(circle, "add/?who=Vera"))


def test_tie_is_changed_taken_out_and_put_back(cast, as_user, circle):
    client = as_user(cast.coordinator)
    tie = factories.circle_tie(circle, "Mum", strength=None)
    sis = factories.circle_tie(circle, "Sis")
    assert re.search(r'value="unsaid"[^>]*checked', page(client, url(circle, f"{tie.pk}/")))

    sent = {"nickname": "Ammi", "kind": "kin", "strength": "2", "formal": "no", "knows": [str(sis.who)], "version": 1}
    assert client.post(url(circle, f"{tie.pk}/"), sent).status_code == 302
    tie.refresh_from_db()
    assert (tie.nickname, tie.strength) == ("Ammi", 2)
    assert re.search(rf'value="{sis.who}"[^>]*checked', page(client, url(circle, f"{tie.pk}/")))
    assert client.post(url(circle, f"{tie.pk}/"), sent).status_code == 409

    client.post(url(circle, f"{tie.pk}/out/"))
    assert "Ammi" not in drawn_in(page(client, url(circle)))[1].values()
    client.post(url(circle, f"{tie.pk}/out/"), {"back": "1"})
    assert str(tie.who) in drawn_in(page(client, url(circle)))[1]


def test_circle_is_finished_put_off_drawn_again_and_taken_back(cast, as_user, circle):
    client, people = as_user(cast.coordinator), f"/families/{cast.family.reference}/people"
    factories.circle_tie(circle)
    answer = client.post(url(circle, "finish/"), {"drawn_on": london_today().isoformat()}, follow=True)
    assert "Today reminds you" in answer.content.decode()
    Circle.objects.update(ask_on=london_today())
    assert "Time to look at it again" in page(client, url(circle))

    client.post(url(circle, "later/"))
    assert "Time to look at it again" not in page(client, url(circle))
    client.post(f"{people}/{circle.member.uuid}/circle/")
    again = Circle.objects.latest("pk")
    assert "A newer one is among the other days" in page(client, url(circle))
    assert client.post(url(again, "take-back/")).url.endswith("/circles/")
    assert client.get(url(again)).status_code == 404


def test_day_that_is_none_is_refused_with_a_sentence(cast, as_user, circle):
    for day, sentence in (("soon", "Write the day like"), ("2099-01-01", "has not come yet")):
        answer = as_user(cast.coordinator).post(url(circle, "finish/"), {"drawn_on": day}, follow=True)
        assert sentence in answer.content.decode()
    circle.refresh_from_db()
    assert not circle.is_finished


def test_page_of_one_adult_and_the_page_of_all_tell_nothing_of_another_adults_circle(cast, as_user, circle):
    tom = factories.member(cast.family, "Tom", role="parent")
    factories.circle_tie(factories.circle(tom, cast.coordinator), "Secret friend", "friend")
    client = as_user(cast.coordinator)

    for address in (url(circle), f"/families/{cast.family.reference}/circles/", f"/families/{cast.family.reference}/"):
        assert "Secret friend" not in page(client, address)
    assert "Tom" not in drawn_in(page(client, url(circle)))[1]


def test_manager_who_opened_the_record_reads_it_and_changes_nothing(cast, as_user, circle):
    factories.circle_tie(circle)
    until = timezone.now() + dt.timedelta(hours=1)
    BreakGlass.objects.create(family=cast.family, user=cast.lead, reason="A call", expires_at=until)
    client = as_user(cast.lead)

    html = page(client, url(circle))
    assert "Mum" in html
    assert url(circle, "add/") not in html
    assert client.post(url(circle, "add/"), {"nickname": "Sis", "kind": "kin"}).status_code in {403, 404}


def test_reading_a_circle_is_noted(cast, as_user, circle):
    page(as_user(cast.coordinator), url(circle))

    assert FamilyRead.objects.filter(page="circle", family_id=cast.family.pk).exists()


def test_figures_beside_it_say_what_remains_without_us_and_show_a_dash_where_nothing_can_be_worked_out(
    cast, as_user, circle
):
    factories.circle_tie(circle, "Vera", "programme", strength=3)

    html = page(as_user(cast.coordinator), f"/circles/{circle.uuid}/figures/")

    assert "1 person or place is around them. When we leave, 0 remain." in html
    assert "<td>3.0</td><td>–</td>" in html


def test_circle_takes_as_many_queries_with_one_as_with_thirty(cast, as_user, circle):
    client = as_user(cast.coordinator)
    addresses = [url(circle), f"/circles/{circle.uuid}/figures/", f"/families/{cast.family.reference}/circles/"]
    counts = []
    for more in (1, 29):
        for number in range(more):
            tie = factories.circle_tie(circle, f"{more} {number}")
            last = CircleTie.objects.filter(circle=circle).first()
            if tie != last:
                circle.links.create(family=circle.family, one=last, other=tie)
            factories.circle(circle.member, cast.coordinator, days_ago=number + more)
        counts.append([])
        for address in addresses:
            page(client, address)
            with CaptureQueriesContext(connection) as queries:
                page(client, address)
            counts[-1].append(len(queries))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 25


def test_adult_finds_the_last_finished_circle_on_their_own_page_and_what_is_strained_only_when_asked(cast, circle):
    factories.circle_tie(circle, "Begun only")
    adult, far = circle.member, factories.member(cast.family, "Tom", role="parent")
    own = factories.circle(adult, cast.coordinator, days_ago=9)
    factories.circle_tie(own, "Dan", strained=True)
    for other in (
        factories.circle(far, cast.coordinator),
        factories.circle(adult, cast.coordinator, organisation=cast.elsewhere),
    ):
        factories.circle_tie(other, "Secret friend", "friend")
    client = enter(factories.own_page(adult, cast.coordinator))

    shown, whole = page(client, "/our-page/circle/"), page(client, "/our-page/circle/?whole")

    for html in (shown, whole):
        assert "Dan" in html
        assert "Secret friend" not in html
        assert "Begun only" not in html
        assert "/families/" not in html
    assert "strained" not in shown
    assert "It is strained with" in whole


def test_own_page_says_so_while_nothing_is_drawn(cast, circle):
    client = enter(factories.own_page(circle.member, cast.coordinator))

    assert "Nothing is drawn yet" in page(client, "/our-page/circle/")


def test_story_of_the_family_tells_that_a_circle_was_drawn_and_not_who_is_in_it(cast, as_user, circle):
    row = factories.circle(circle.member, cast.coordinator, days_ago=9)
    factories.circle_tie(row, "Bilqis")

    story = page(as_user(cast.coordinator), f"/families/{cast.family.reference}/story/")

    assert "Amina’s circle of support was drawn" in story
    assert url(row) in story
    assert "Bilqis" not in story
    assert "circle of support was drawn" not in page(
        as_user(cast.volunteer), f"/families/{cast.family.reference}/story/"
    )
