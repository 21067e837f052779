from __future__ import annotations

import pytest
from django.utils import timezone

from betterstart.audit.models import AuditEvent, FamilyRead
from families.models import Family
from tests import factories
from tests.families.test_family_page import text

FIELDS = {"name": "Amina", "language": "", "safety_notes": "", "version": 1}


@pytest.fixture
def url(cast) -> str:
    return f"/families/{cast.family.reference}/edit/"


def test_edit_saves_counts_the_version_and_writes_what_changed(cast, as_user, url):
    page = as_user(cast.coordinator).post(url, FIELDS | {"name": "Amína Begum", "language": "ur"}, follow=True)

    cast.family.refresh_from_db()
    assert (cast.family.name, cast.family.language, cast.family.version) == ("Amína Begum", "ur", 2)
    assert Family.objects.matching("amina begum").get() == cast.family
    event = AuditEvent.objects.get(verb="family.changed")
    assert event.details == {"fields": ["name", "language"]}
    assert event.target_label == cast.family.reference
    assert "Amína Begum’s family" in text(page)


def test_edit_that_changes_nothing_writes_nothing(cast, as_user, url):
    as_user(cast.coordinator).post(url, FIELDS)

    cast.family.refresh_from_db()
    assert cast.family.version == 1
    assert not AuditEvent.objects.exists()


def test_second_of_two_editors_sees_both_versions_and_chooses(cast, as_user, url):
    client = as_user(cast.coordinator)
    client.post(url, FIELDS | {"safety_notes": "Beware of the dog."})

    both = client.post(url, FIELDS | {"safety_notes": "Use the side door.", "name": "Amina"})
    assert both.status_code == 409
    assert "Somebody saved this while you were writing" in text(both)
    assert "Beware of the dog." in text(both)
    assert both.content.decode().count("Use the side door.") == 2
    cast.family.refresh_from_db()
    assert cast.family.safety_notes == "Beware of the dog."

    seen = both.context["form"]["version"].value()
    assert client.post(url, FIELDS | {"safety_notes": "Use the side door.", "version": seen}).status_code == 302
    cast.family.refresh_from_db()
    assert cast.family.safety_notes == "Use the side door."


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "abc", "9" * 40])
def test_edit_without_a_version_that_was_seen_overwrites_nothing(cast, as_user, url, version):
    answer = as_user(cast.coordinator).post(url, FIELDS | {"name": "Taken", "version": version})

    assert answer.status_code in {409, 422}
    cast.family.refresh_from_db()
    assert cast.family.name == "Amina"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " \u00a0 "}, "required"),
        ({"name": "x" * 201}, "at most 200"),
        ({"safety_notes": "y" * 1_000_000}, "at most 2000"),
        ({"language": "zz"}, "not one of"),
    ],
)
def test_edit_refuses_beside_the_field(cast, as_user, url, changes, sentence):
    answer = as_user(cast.coordinator).post(url, FIELDS | changes)

    assert answer.status_code == 422
    assert sentence in text(answer)


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "{{7*7}}{% debug %}", '"><div hx-get=/x hx-trigger=load>']
)
def test_text_is_kept_as_text(cast, as_user, url, words):
    client = as_user(cast.coordinator)
    client.post(url, FIELDS | {"safety_notes": words, "name": words})

    cast.family.refresh_from_db()
    assert cast.family.safety_notes == words
    page = client.get(f"/families/{cast.family.reference}/").content.decode()
    assert words not in page or "{{" in words
    assert "49" not in page.split("sticky-note")[1][:200]


def test_imported_language_outside_the_list_survives_an_edit(cast, as_user, url):
    Family.objects.filter(pk=cast.family.pk).update(language="haw")

    as_user(cast.coordinator).post(url, FIELDS | {"language": "haw", "name": "Leilani"})

    cast.family.refresh_from_db()
    assert (cast.family.name, cast.family.language) == ("Leilani", "haw")


def test_coordinator_who_only_visits_a_family_of_another_service_may_not_change_it(cast, as_user, url):
    factories.assign(cast.other_coordinator, cast.family)
    client = as_user(cast.other_coordinator)

    assert client.get(f"/families/{cast.family.reference}/").status_code == 200
    assert client.get(url).status_code == 404
    assert client.post(url, FIELDS | {"name": "Taken"}).status_code == 404


def test_opening_the_form_is_a_reading_of_the_record(cast, as_user, url):
    as_user(cast.coordinator).get(url)

    assert FamilyRead.objects.get().page == "family edit"


def test_silence_is_shown_gently_and_ended_by_hand(cast, as_user):
    Family.objects.filter(pk=cast.family.pk).update(silent_since=timezone.now())
    client = as_user(cast.coordinator)
    assert "nothing automatic is sent to this family" in text(client.get(f"/families/{cast.family.reference}/"))

    client.post(f"/families/{cast.family.reference}/silence/end/")

    cast.family.refresh_from_db()
    assert cast.family.silent_since is None
    assert AuditEvent.objects.get().verb == "family.silence_ended"
