from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from families.actions.personal import (
    PersonalRefused,
    check_languages,
    clean_nhs_number,
    keep_nhs_number,
    note_status,
    tell_more,
)
from families.actions.relationship import relate
from families.models import BreakGlass, EthnicGroup, FamilyMember, NhsNumber, Personal, StatutoryStatus
from families.models.private import OWN_WORD_GROUPS
from tests import factories

GOOD = "9434765919"
URDU = {"code": "ur", "speaks": True, "reads": False, "preferred": True}


@pytest.fixture
def amina(cast) -> FamilyMember:
    return cast.family.members.get()


def person_url(cast, member) -> str:
    return f"{cast.family.page}people/{member.uuid}/"


# NHS numbers


def is_valid(digits: str) -> bool:
    """Written anew from the rule, the other way round: the weighted sum with the check digit is a multiple of 11."""
    return sum(int(digit) * (10 - place) for place, digit in enumerate(digits)) % 11 == 0


@given(st.text("0123456789", min_size=10, max_size=10))
def test_nhs_number_is_taken_exactly_when_its_check_digit_is_right(digits):
    try:
        assert clean_nhs_number(digits) == digits
        taken = True
    except PersonalRefused:
        taken = False

    assert taken == is_valid(digits)


@given(st.integers(0, 8), st.integers(1, 9))
def test_nhs_number_with_one_wrong_digit_is_refused(place, step):
    wrong = GOOD[:place] + str((int(GOOD[place]) + step) % 10) + GOOD[place + 1 :]

    with pytest.raises(PersonalRefused):
        clean_nhs_number(wrong)


@given(st.text(max_size=30))
def test_nhs_number_of_any_text_is_ten_digits_or_refused(typed):
    try:
        digits = clean_nhs_number(typed)
    except PersonalRefused:
        return

    assert digits.isascii()
    assert len(digits) == 10


@pytest.mark.parametrize(
    "typed", ["943 476 5919", "943-476-5919", " 9434765919 ", "٩٤٣٤٧٦٥٩١٩", "943\u00a0476\u00a05919"]
)
def test_nhs_number_is_read_as_people_write_it(typed):
    assert clean_nhs_number(typed) == GOOD


def test_nhs_number_needs_a_law_or_agreement(cast, amina):
    with pytest.raises(PersonalRefused, match="Name the law"):
        keep_nhs_number(by=cast.coordinator, family=cast.family, member=amina, number=GOOD, gateway="")
    with pytest.raises(IntegrityError), transaction.atomic():
        NhsNumber.objects.create(member=amina, family=cast.family, organisation=cast.here, number=GOOD)


@pytest.fixture
def kept(cast, amina) -> NhsNumber:
    return keep_nhs_number(
        by=cast.coordinator, family=cast.family, member=amina, number=GOOD, gateway="Sharing agreement of May"
    )


def test_nhs_number_is_hidden_until_asked_for_and_the_asking_is_written_down(cast, amina, kept, as_user):
    client, page = as_user(cast.coordinator), f"{person_url(cast, amina)}nhs-number/"

    for hidden in (client.get(page), client.get(person_url(cast, amina)), client.get(cast.family.page)):
        assert "943" not in hidden.content.decode()
    assert not FamilyRead.objects.filter(page="nhs number shown").exists()

    assert "943 476 5919" in client.post(f"{page}show/").content.decode()
    assert FamilyRead.objects.get(page="nhs number shown").reader_id == cast.coordinator.pk
    assert "943" not in str(list(AuditEvent.objects.values_list("details", "target_label")))


def test_nhs_number_is_the_coordinators_alone_not_even_an_opened_record_shows_it(cast, amina, kept, as_user):
    BreakGlass.objects.create(
        family=cast.family, user=cast.lead, reason="A call", expires_at=timezone.now() + dt.timedelta(hours=1)
    )
    for who in ("lead", "manager", "volunteer", "other_coordinator"):
        person = getattr(cast, who)
        assert not NhsNumber.objects.visible_to(person).exists()
        with acting_as(Scope.SCOPED, person.pk):
            assert not NhsNumber.objects.exists()

    assert "NHS number" not in as_user(cast.lead).get(person_url(cast, amina)).content.decode()


def test_new_nhs_number_over_one_that_somebody_changed_is_asked_again(cast, amina, kept, as_user):
    page, typed = f"{person_url(cast, amina)}nhs-number/", {"number": "4010232137", "gateway": "Agreement"}

    assert as_user(cast.coordinator).post(page, typed | {"version": "0"}).status_code == 409
    assert as_user(cast.coordinator).post(page, typed | {"version": "1"}).status_code == 302
    assert NhsNumber.objects.get().number == "4010232137"


# What a person tells of themselves


@pytest.mark.parametrize(
    "languages",
    [
        [{"code": "Urdu!"}],
        [{"code": "x" * 40}],
        [URDU, URDU],
        [URDU, {"code": "en", "preferred": True}],
        [{"code": ""}],
    ],
)
def test_languages_that_cannot_be_are_refused(languages):
    with pytest.raises(ValidationError):
        check_languages(languages)


@pytest.mark.parametrize("code", ["ur", "bfi", "zh-Hant", "pt-BR", "pnb", "sgn-GB"])
def test_languages_by_their_code_are_taken(code):
    check_languages([{"code": code}])


def typed_more(**fields) -> dict:
    typed = {"interpreter": "", "interpreter_gender": "", "ethnic_group": "not_asked", "version": "1"}
    return typed | {f"skills_{row}": ["speaks", "reads"] for row in range(3)} | fields


def test_more_form_keeps_languages_needs_and_own_words(cast, amina, as_user):
    client, page = as_user(cast.coordinator), f"{person_url(cast, amina)}more/"
    typed = typed_more(
        language_0="urdu", skills_0=["speaks"], language_1="pnb", interpreter="language", interpreter_gender="woman",
        access_needs=["step_free", "more_time"], access_notes="Knock loudly.",
        gender="woman", ethnic_group="5", ethnic_words="Kashmiri",
    )  # fmt: skip

    assert client.post(page, typed).status_code == 302

    amina.refresh_from_db()
    assert amina.languages_in_words == ["Urdu, likes it best, does not read it", "pnb"]
    assert amina.interpreter_in_words == "interpreter for Urdu, a woman"
    assert amina.personal.get().ethnic_group_in_words == "Any other Asian background · Kashmiri"
    changed = AuditEvent.objects.get(verb="member.changed").details["fields"]
    assert {"languages", "access_needs", "gender"} <= set(changed)
    assert "Kashmiri" not in str(changed)
    assert client.post(page, typed | {"gender": "x"}).status_code == 409


@pytest.mark.parametrize("group", EthnicGroup.values)
def test_own_word_goes_beside_any_other_group_only(cast, amina, group):
    given = {"by": cast.coordinator, "family": cast.family, "member": amina, "version": 1, "languages": []}
    told = {"ethnic_group": group, "ethnic_words": "Kashmiri"}

    if group in OWN_WORD_GROUPS:
        tell_more(**given, **told)
        assert amina.personal.get().ethnic_words == "Kashmiri"
    else:
        with pytest.raises(PersonalRefused):
            tell_more(**given, **told)
        assert not Personal.objects.exists()


def test_three_ways_of_not_knowing_are_three_values():
    assert [code for code in EthnicGroup.values if not code.isdigit()] == ["not_asked", "not_known", "prefer_not"]
    assert [code for code in EthnicGroup.values if code.isdigit()] == [str(number) for number in range(1, 20)]


def test_only_a_gender_told_counts_as_a_change_for_whoever_saves_next(cast, amina, as_user):
    client, page = as_user(cast.coordinator), f"{person_url(cast, amina)}more/"
    client.post(page, typed_more(gender="woman"))

    assert client.post(page, typed_more(gender="other")).status_code == 409
    assert Personal.objects.get().gender == "woman"


@pytest.mark.parametrize("who", ["coordinator", "volunteer"])
def test_what_helps_stands_at_the_top_of_the_visits_pages(cast, amina, as_user, who):
    FamilyMember.objects.update(access_needs=["large_print"], interpreter="bsl", access_notes="Ring twice.")
    visit = factories.visit(cast.family, cast.volunteer, days_ago=-1, state="planned")
    pages = [f"/visits/{visit.uuid}/", *([f"/my-visits/{visit.uuid}/before/"] if who == "volunteer" else [])]

    for page in pages:
        said = as_user(getattr(cast, who)).get(page, follow=True).content.decode()
        assert "Large print" in said
        assert "Ring twice." in said
        assert "Interpreter for British Sign Language" in said
        assert "a child or a partner" in said


# Restricted, and the pages' cost


def test_person_page_shows_volunteers_what_a_visit_needs_and_nothing_else(cast, amina, as_user):
    FamilyMember.objects.filter(pk=amina.pk).update(languages=[URDU], access_needs=["step_free"])
    child = factories.member(cast.family, "Yusuf")
    Personal.objects.create(member=amina, family=cast.family, organisation=cast.here, gender="woman", ethnic_group="4")
    note_status(
        by=cast.coordinator,
        family=cast.family,
        member=child,
        status="protection",
        since=london_today(),
        source="Council",
    )

    said = "".join(as_user(cast.volunteer).get(person_url(cast, member)).content.decode() for member in (amina, child))

    assert "Urdu" in said
    assert "Step-free" in said
    for hidden in ("Kept closer", "Pakistani", "protection plan", "NHS", "Change"):
        assert hidden not in said


@pytest.mark.parametrize("who", ["coordinator", "other_coordinator", "volunteer", "manager", "lead", "nobody"])
@pytest.mark.parametrize("model", [Personal, StatutoryStatus, NhsNumber])
def test_database_and_queryset_agree_on_what_is_kept_closer(cast, amina, kept, who, model):
    Personal.objects.create(member=amina, family=cast.family, organisation=cast.here)
    StatutoryStatus.objects.create(member=amina, family=cast.family, organisation=cast.here, status="none", source="x")
    person = getattr(cast, who)
    expected = set(model.objects.visible_to(person))

    with acting_as(Scope.SCOPED, person.pk):
        assert set(model.objects.all()) == expected
    assert bool(expected) == (who == "coordinator")


@pytest.mark.parametrize(
    ("role", "since", "field"), [("child", 1, "since"), ("parent", 0, "status")], ids=["to come", "a grown-up"]
)
def test_status_that_cannot_be_is_refused(cast, amina, role, since, field):
    member = amina if role == "parent" else factories.member(cast.family, "Yusuf")

    with pytest.raises(PersonalRefused) as refusal:
        note_status(
            by=cast.coordinator,
            family=cast.family,
            member=member,
            status="in_need",
            since=london_today() + dt.timedelta(days=since),
            source="Council",
        )

    assert list(refusal.value.error_dict) == [field]


def test_person_page_asks_as_much_for_thirty_relatives_as_for_one(cast, amina, as_user):
    client = as_user(cast.coordinator)

    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(person_url(cast, amina)).status_code == 200
        return len(asked)

    def add(number: int) -> None:
        child = factories.member(cast.family, f"Child {number}")
        relate(by=cast.coordinator, family=cast.family, person=amina, relative=child, kind="parent")

    add(0)
    few = ask()
    for number in range(1, 30):
        add(number)

    assert ask() == few
