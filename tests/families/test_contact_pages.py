from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.models import Address, BreakGlass, ContactMethod, Family
from tests import factories
from tests.families.test_family_page import text


@pytest.fixture
def url(cast) -> str:
    return f"/families/{cast.family.reference}/"


@pytest.fixture
def carer(cast):
    return cast.family.members.get()


@pytest.fixture
def sent(carer):
    return {"member": carer.pk, "channel": "phone", "value": "07700 900123", "safe": "yes"}


@pytest.fixture
def page(cast, as_user, url):
    def show(who="coordinator") -> str:
        return text(as_user(getattr(cast, who)).get(url))

    return show


def test_new_number_is_kept_with_what_makes_it_safe(cast, as_user, url, sent):
    as_user(cast.coordinator).post(
        f"{url}contacts/new/",
        sent
        | {
            "safe_days": ["1", "3"],
            "safe_from": "10:00",
            "safe_until": "14:00",
            "shared_device": "on",
            "code_word": "Sunflower",
            "safe_third_person": "Her sister",
            "source": "Amina herself",
        },
    )

    contact = cast.family.contact_methods.get()
    assert (contact.safe_days, contact.safe_from, contact.code_word) == ([1, 3], dt.time(10), "Sunflower")
    assert contact.verified_at is not None
    assert contact.review_on is None
    assert Family.objects.matching("900123").get() == cast.family
    assert AuditEvent.objects.get().verb == "contact.added"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"value": ""}, "Type the number with digits"),
        ({"value": "0" * 200}, "Type the number with digits"),
        ({"value": "ask Vera"}, "Type the number with digits"),
        ({"channel": "email", "value": "a@b\r\nBcc:x"}, "not an email address"),
        ({"channel": "email", "value": "x" * 320}, "at most 254"),
        ({"channel": "pigeon"}, "not one of"),
        ({"safe": "maybe"}, "not one of"),
        ({"safe_from": "10:00"}, "Give both times"),
        ({"safe_until": "10:00"}, "Give both times"),
        ({"safe_from": "14:00", "safe_until": "14:00"}, "two different times"),
        ({"safe_from": "24:00", "safe_until": "25:00"}, "valid time"),
        ({"safe_days": ["8"]}, "not one of"),
        ({"member": ""}, "required"),
    ],
)
def test_contact_that_cannot_be_is_refused_beside_its_field(cast, as_user, url, sent, typed, sentence):
    answer = as_user(cast.coordinator).post(f"{url}contacts/new/", sent | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not ContactMethod.objects.exists()


def test_contact_cannot_be_given_to_a_person_of_another_family(cast, as_user, url, sent):
    stranger = cast.other_family.members.get()

    answer = as_user(cast.coordinator).post(f"{url}contacts/new/", sent | {"member": stranger.pk})

    assert answer.status_code == 422
    assert not ContactMethod.objects.exists()


@pytest.mark.parametrize("channel", ["post", "visit"])
def test_post_and_visits_need_no_value(cast, as_user, url, sent, channel):
    as_user(cast.coordinator).post(f"{url}contacts/new/", sent | {"channel": channel, "value": ""})

    assert cast.family.contact_methods.get().channel == channel


def test_warning_stands_before_the_number(page, carer):
    factories.contact(carer, value="07700 900123", safe="yes")

    shown = page()

    assert shown.index("Do not leave a message") < shown.index("07700 900123")
    assert "Do not say who we are." in shown


def test_number_one_may_leave_a_message_on_has_no_warning(page, carer):
    factories.contact(carer, safe="yes", may_leave_message=True, may_say_who_we_are=True)

    shown = page()

    assert "Do not leave a message" not in shown
    assert "Do not say who we are" not in shown
    assert "Before you call" not in shown


def test_unasked_number_says_so(page, carer):
    factories.contact(carer)

    assert "Not asked yet if this is safe" in page()


def test_dangerous_contact_is_said_at_the_top_to_everybody(cast, page, carer):
    factories.contact(carer, safe="no")
    factories.contact(carer, "text", safe="yes", shared_device=True)
    factories.contact(
        carer, value="07700 900999", safe="yes", safe_days=[5, 1], safe_from=dt.time(10), safe_until=dt.time(14)
    )

    for who in ("coordinator", "volunteer"):
        top = page(who).split("Who is in the family")[0]
        assert "Before you call, write or visit" in top
        assert "do not use it." in top
        assert "Somebody else may read it: only call, send nothing." in top
        assert "Only Monday, Friday, 10:00 to 14:00." in top


def test_number_that_must_not_be_used_is_no_link(cast, as_user, url, carer):
    factories.contact(carer, safe="no")

    assert "tel:" not in as_user(cast.coordinator).get(url).content.decode()


def test_question_that_is_overdue_is_shown(page, carer):
    factories.contact(carer, safe="yes", review_on=london_today() - dt.timedelta(days=1))

    assert "To be asked again since" in page()


def test_code_word_and_hidden_address_are_for_those_who_work_with_the_family(cast, page, carer):
    factories.contact(carer, safe="yes", code_word="Sunflower", safe_third_person="Her sister")
    factories.address(cast.family, "9 Hidden Lane", "BD9 9ZZ", kind="confidential")
    BreakGlass.objects.create(
        family=cast.family, user=cast.lead, reason="A call", expires_at=timezone.now() + dt.timedelta(hours=1)
    )

    for who in ("coordinator", "volunteer"):
        shown = page(who)
        assert "Sunflower" in shown
        assert "Her sister" in shown
        assert "Hidden address" in shown
        assert "9 Hidden Lane" in shown
        assert "Never say or write it to anybody" in shown

    shown = page("lead")
    assert "Hidden address" in shown
    for secret in ("Sunflower", "Her sister", "9 Hidden Lane", "BD9 9ZZ"):
        assert secret not in shown


def test_changed_number_keeps_its_history(cast, as_user, url, carer, sent):
    contact = factories.contact(carer, value="07700 900111", safe="yes")

    as_user(cast.coordinator).post(f"{url}contacts/{contact.pk}/edit/", sent | {"version": 1})

    contact.refresh_from_db()
    assert contact.value == "07700 900123"
    history = ContactMethod.pgh_event_model.objects.filter(pgh_obj_id=contact.pk).order_by("pgh_id")
    assert next(iter(history)).value == "07700 900111"
    assert not Family.objects.matching("900111").exists()


def test_stale_edit_does_not_make_an_unsafe_number_safe_again(cast, as_user, url, carer, sent):
    contact = factories.contact(carer, safe="yes")
    client, edit = as_user(cast.coordinator), f"{url}contacts/{contact.pk}/edit/"
    client.post(edit, sent | {"safe": "no", "version": 1})

    both = client.post(edit, sent | {"code_word": "Sunflower", "version": 1})

    assert both.status_code == 409
    assert "Sunflower" in text(both)
    contact.refresh_from_db()
    assert contact.safe == "no"


def test_number_not_used_any_more_leaves_the_page_and_stays_in_the_record(cast, as_user, url, carer, page):
    contact = factories.contact(carer)

    as_user(cast.coordinator).post(f"{url}contacts/{contact.pk}/stop/")

    contact.refresh_from_db()
    assert contact.valid_to == london_today()
    assert "07700" not in page()


ADDRESS = {"kind": "home", "lines": "2 New Road", "postcode": "bd5 0aa"}


def test_new_address_ends_the_old_one_and_keeps_it(cast, as_user, url):
    old = factories.address(cast.family, valid_from=dt.date(2020, 1, 1))

    as_user(cast.coordinator).post(f"{url}addresses/new/", ADDRESS | {"valid_from": "2026-03-01"})

    old.refresh_from_db()
    new = cast.family.addresses.current().get()
    assert (old.valid_to, old.version) == (dt.date(2026, 3, 1), 2)
    assert (new.postcode, new.valid_from) == ("BD5 0AA", dt.date(2026, 3, 1))
    assert Family.objects.matching("BD5 0AA").exists()
    assert not Family.objects.matching("BD7 2AA").exists()


def test_family_with_two_homes_keeps_both(cast, as_user, url):
    factories.address(cast.family)

    as_user(cast.coordinator).post(f"{url}addresses/new/", ADDRESS | {"keep_old": "on"})

    assert cast.family.addresses.current().count() == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"lines": "", "postcode": ""}, "at least the postcode"),
        ({"postcode": "refuge"}, "does not look like a postcode"),
        ({"postcode": "X" * 300}, "at most 20"),
        ({"lines": "y" * 1_000_000}, "at most 500"),
        ({"valid_from": "2099-01-01"}, "not come yet"),
        ({"valid_from": "29/2/2027"}, "Write the day like"),
        ({"kind": "castle"}, "not one of"),
    ],
)
def test_address_that_cannot_be_is_refused(cast, as_user, url, typed, sentence):
    answer = as_user(cast.coordinator).post(f"{url}addresses/new/", ADDRESS | typed)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Address.objects.exists()


@pytest.mark.parametrize("kind", ["confidential", "no_fixed_abode"])
def test_hidden_home_and_no_home_need_no_street(cast, as_user, url, kind):
    as_user(cast.coordinator).post(f"{url}addresses/new/", {"kind": kind})

    assert cast.family.addresses.get().kind == kind


def test_address_becoming_hidden_leaves_the_search_at_once(cast, as_user, url):
    address = factories.address(cast.family)
    cast.family.refresh_search_text()

    as_user(cast.coordinator).post(
        f"{url}addresses/{address.pk}/edit/",
        {"kind": "confidential", "lines": address.lines, "postcode": address.postcode, "version": 1},
    )

    assert not Family.objects.matching("BD7 2AA").exists()


def test_contact_and_address_of_another_family_do_not_exist_under_this_one(cast, as_user, url):
    contact = factories.contact(cast.other_family.members.get())
    address = factories.address(cast.other_family)
    client = as_user(cast.coordinator)

    assert client.get(f"{url}contacts/{contact.pk}/edit/").status_code == 404
    assert client.post(f"{url}contacts/{contact.pk}/stop/").status_code == 404
    assert client.get(f"{url}addresses/{address.pk}/edit/").status_code == 404
    assert client.get(f"{url}contacts/{2**70}/edit/").status_code == 404
