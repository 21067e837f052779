"""Two adults of one family, who later part: whatever page or file of one is read, nothing of the other is in it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from families.models import Family, FamilyMember, GoalRating, VisitPresence
from families.urls import urlpatterns
from families.views import own_page_kept
from tests import factories
from tests.families.own import HOME, enter, link_of

NAMES = ("amina", "bilal")


def canary(name, what):
    """A word of this adult's that stands nowhere else."""
    return f"Canary{name.capitalize()}{what.capitalize()}"


def give_everything(cast, name, adult):
    """One row of everything that one adult may have for themselves, each with a word of its own."""
    family, support = cast.family, cast.family.supports.get(service=cast.home)
    of = {"support": support, "member": adult}
    worker = factories.user(canary(name, "worker"))
    alone = factories.visit(family, worker, days_ago=4, what_happened=canary(name, "note"), support=support)
    VisitPresence.objects.create(visit=alone, member=adult, family=family)
    factories.visit(family, worker, days_ago=-3, state="planned", support=support)
    goal = factories.goal(family, canary(name, "goal"), **of)
    said = factories.said(family, canary(name, "why"), "why", **of)
    type(goal).objects.filter(pk=goal.pk).update(why=said)
    need = factories.need(family, **of)
    factories.score(need, 3 if name == "amina" else 1)
    GoalRating.objects.create(goal=goal, stage="start", given="number", value=9, family=family, **of)
    factories.reply(family, words=canary(name, "reply"), adult=adult, support=support, answer=canary(name, "answer"),
                    state="answered", heard="own_page", answered_by=worker)  # fmt: skip
    factories.reply(family, "not_quite", words=canary(name, "beside"), adult=adult, visit=alone, support=support)
    factories.contact(adult, "email", f"{canary(name, 'address')}@example.org".lower(), safe="yes")
    # A service that only this adult is with, and whoever works there and looked.
    service = factories.service(factories.organisation(canary(name, "agency")), canary(name, "service"))
    theirs = factories.support(family, service, first_wish=canary(name, "wish"))
    colleague = factories.user(canary(name, "colleague"), "coordinator", service)
    own = factories.visit(family, colleague, what_happened=canary(name, "elsewhere"), support=theirs)
    VisitPresence.objects.create(visit=own, member=adult, family=family)
    FamilyRead.objects.create(reader_id=colleague.pk, reader_name=colleague.display_name, reader_role="coordinator",
                              family_id=family.pk, family_reference=family.reference, page="family")  # fmt: skip
    return SimpleNamespace(adult=adult, page=factories.own_page(adult, cast.coordinator, support=support), alone=alone)


@pytest.fixture
def couple(cast):
    amina = cast.family.members.get()
    bilal = factories.member(cast.family, "Bilal", "parent", known_as=canary("bilal", "name"))
    FamilyMember.objects.filter(pk=amina.pk).update(known_as=canary("amina", "name"))
    Family.objects.filter(pk=cast.family.pk).update(name="CanaryAminaFamily CanaryBilalFamily")
    people = {"amina": amina, "bilal": bilal}
    made = SimpleNamespace(**{name: give_everything(cast, name, adult) for name, adult in people.items()})
    home = cast.family.supports.get(service=cast.home)
    both = factories.visit(cast.family, cast.volunteer, days_ago=2, what_happened="We all sat together.", support=home)
    for adult in people.values():
        VisitPresence.objects.create(visit=both, member=adult, family=cast.family)
    made.family, made.both = cast.family, both
    return made


OWN_PAGES = sorted(
    each.name for each in urlpatterns if str(each.pattern).startswith("our-page/") and each.name != "own-leave"
)


def everything_read_by(couple, name):
    """Every page and file of this adult's own, the other's notes asked for by their address among them."""
    browser = enter(getattr(couple, name).page)
    read = {}
    for page in OWN_PAGES:
        if page == "own-note":
            addresses = [reverse("families:own-note", args=[each.uuid]) for each in notes(couple)]
        elif page == "own-keepsake-file":
            addresses = [reverse("families:own-keepsake-file", args=["html"])]
        else:
            addresses = [reverse(f"families:{page}")]
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code in {200, 302, 404}, address
            read[address] = answer.content.decode(errors="replace")
    return read


def notes(couple):
    return couple.amina.alone, couple.bilal.alone, couple.both


def other(name):
    return next(each for each in NAMES if each != name)


@pytest.mark.parametrize("name", NAMES)
def test_no_page_of_one_says_anything_of_the_other(couple, name):
    read = everything_read_by(couple, name)

    told = {address for address, page in read.items() if f"canary{other(name)}" in page.lower()}
    assert not told
    own = "".join(read.values())
    for what in ("name", "note", "goal", "why", "reply", "answer", "beside", "colleague"):
        assert canary(name, what) in own, what
    assert "We all sat together." in own


@pytest.mark.parametrize("name", NAMES)
def test_paper_to_keep_is_made_of_nothing_of_the_other(couple, name, monkeypatch):
    """A PDF is packed: what is looked at are the values it is made of."""
    values = []
    monkeypatch.setattr(own_page_kept, "write_pdf", lambda _template, given: values.append(given) or b"")

    enter(getattr(couple, name).page).get(reverse("families:own-keepsake-file", args=["pdf"]))

    assert f"canary{other(name)}" not in str(values).lower()
    assert canary(name, "note") in str(values)


@pytest.mark.parametrize("name", NAMES)
def test_after_they_parted_one_reads_what_they_read_before_and_the_other_nothing(couple, name):
    before = everything_read_by(couple, name)
    link, inside = link_of(getattr(couple, other(name)).page), enter(getattr(couple, other(name)).page)

    FamilyMember.objects.filter(pk=getattr(couple, other(name)).adult.pk).update(left_on=london_today())

    after = everything_read_by(couple, name)
    assert not [page for page in after.values() if f"canary{other(name)}" in page.lower()]
    assert set(before) == set(after)
    assert inside.get(HOME).status_code == 404
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_link_of_one_does_not_open_with_the_code_of_the_other(couple, name):
    from django.contrib.auth.hashers import make_password

    theirs = getattr(couple, other(name)).page
    type(theirs).objects.filter(pk=theirs.pk).update(code=make_password("kettle"))
    browser = Client()
    browser.get(link_of(getattr(couple, name).page))

    assert browser.post(reverse("families:own-open"), {"code": "kettle"}).status_code == 422


@pytest.mark.parametrize("name", NAMES)
def test_database_shows_one_no_row_of_the_other_whatever_is_asked(couple, name):
    """Every table this role may read, whole: what no view leaves out is not there."""
    adult = getattr(couple, name).adult
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, string_agg(quote_ident(a.attname), ', ') from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relkind = 'r' and c.relname like 'families\\_%%' and"
            " has_column_privilege('app_family', c.oid, a.attnum, 'select') group by 1"
        )
        tables = cursor.fetchall()
        assert len(tables) > 8
        with acting_as(Scope.FAMILY, None, adult_id=adult.pk):
            for table, columns in tables:
                cursor.execute(f"select json_agg(t)::text from (select {columns} from {table}) t")  # noqa: S608
                rows = (cursor.fetchone()[0] or "").lower()
                assert f"canary{other(name)}" not in rows, table


def test_letter_to_one_says_nothing_of_the_other_and_goes_to_nobody_else(couple, cast, as_user):
    client = as_user(cast.coordinator)
    for name in NAMES:
        adult = getattr(couple, name).adult
        support = couple.family.supports.get(service=cast.home).pk
        address = reverse("families:own-page-give", args=[couple.family.reference, adult.uuid])
        client.post(address, {"support": support, "how": "email"})

    letters = {letter.person_id: letter for letter in Message.objects.all()}
    assert len(letters) == 2
    for name in NAMES:
        letter = letters[getattr(couple, name).adult.pk]
        assert letter.to == f"{canary(name, 'address')}@example.org".lower()
        assert "canary" not in (letter.subject + letter.body).lower()
