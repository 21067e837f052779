import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from families.models import Family, ImportFile, ImportRun
from tests.imports.files import csv_bytes, days_ago, xlsx_bytes

pytestmark = pytest.mark.django_db

KNOWN = [["Family ref", "Main carer", "Service"], ["F1", "Zoë", "Home visiting"]]
UNKNOWN = [
    ["Kode", "Naam", "Geboren", "Kind", "Geboren"],
    ["F1", "Jan", "", "Lotte", days_ago(400).strftime("%m/%d/%Y")],
]
MAPPING = {
    "sheets": {
        "Lijst": {
            "Kode": "family.reference",
            "naam": "family.carer",
            "Kind": "member.name",
            "E": ["member.date_of_birth", "month_first"],
        }
    },
    "fixed": {"support.service": "Home visiting"},
}


@pytest.fixture
def run(cast, tmp_path):
    def started(content, *, mapping=None, who="coordinator@", **options):
        file = tmp_path / "records.bin"
        file.write_bytes(content)
        if mapping is not None:
            (tmp_path / "mapping.json").write_text(mapping if isinstance(mapping, str) else json.dumps(mapping))
            options["mapping"] = tmp_path / "mapping.json"
        out = StringIO()
        email = cast.coordinator.email if who == "coordinator@" else who
        call_command("import_families", file, email=email, stdout=out, no_color=True, **options)
        return out.getvalue()

    return started


def kept():
    return list(Family.objects.exclude(external_reference="").values_list("external_reference", "name"))


def test_command_brings_a_file_in_by_its_headings(run):
    said = run(csv_bytes(KNOWN))

    assert "families new: 1" in said
    assert "Everything in this file is saved." in said
    assert kept() == [("F1", "Zoë")]
    assert not ImportFile.objects.exists()


def test_command_reads_a_file_by_its_mapping(run):
    run(xlsx_bytes({"Lijst": UNKNOWN}), mapping=MAPPING)

    child = Family.objects.get(external_reference="F1").members.get(role="child")
    assert (child.display_name, child.date_of_birth) == ("Lotte", days_ago(400))


def test_command_shows_a_mapping_that_it_would_accept(run):
    shown = json.loads(run(csv_bytes(KNOWN), show_mapping=True))

    assert shown["sheets"]["CSV"]["Main carer"] == "family.carer"
    assert kept() == []
    run(csv_bytes(KNOWN), mapping=shown)
    assert kept() == [("F1", "Zoë")]


def test_command_only_checks_on_a_dry_run(run):
    said = run(csv_bytes(KNOWN), dry_run=True)

    assert "families new: 1" in said
    assert "this was only a check" in said
    assert kept() == []
    assert ImportRun.objects.get().state == "cancelled"


def test_command_saves_nothing_while_anything_stands_in_the_way(run):
    rows = [[*KNOWN[0], "Postcode"], [*KNOWN[1], "none"], ["F2", "Ada", "Home visiting", "BD7 2AA"]]

    with pytest.raises(CommandError, match="Put these right and try again"):
        run(csv_bytes(rows))

    assert kept() == []


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{not json", "cannot be read"),
        ([], "A mapping has"),
        ({"sheet": {}}, "A mapping has"),
        ({"sheets": {"Blad": {}}}, "no sheet “Blad”"),
        ({"sheets": {"Lijst": {"Code": "family.reference"}}}, "no column “Code”"),
        ({"sheets": {"Lijst": {"Geboren": "family.reference"}}}, "no column “Geboren”"),
        ({"sheets": {"Lijst": {"Kode": "family.secret"}}}, "do not know “family.secret”"),
        ({"sheets": {"Lijst": {"E": ["member.date_of_birth", "hours"]}}}, "“hours” is no way to read “E”"),
        ({"sheets": {"Lijst": {"Naam": "family.carer"}}}, "no column for the family's reference"),
        ({"sheets": {}}, "Choose at least one sheet"),
        ({**MAPPING, "fixed": {"visit.start_time": "soon"}}, "not a time we can read"),
    ],
)
def test_command_refuses_a_mapping_that_does_not_fit(mapping, sentence, run):
    with pytest.raises(CommandError, match=sentence):
        run(xlsx_bytes({"Lijst": UNKNOWN}), mapping=mapping)


def test_command_refuses_a_file_that_is_no_table(run):
    with pytest.raises(CommandError, match="This file is empty"):
        run(b"")


@pytest.mark.parametrize("who", ["vera.volunteer@example.org", "ada.administrator@example.org", "who@example.org"])
def test_command_is_for_coordinators(who, run):
    with pytest.raises(CommandError, match="may bring families in"):
        run(csv_bytes(KNOWN), who=who)


def test_command_asks_for_an_organisation_that_is_theirs(run):
    with pytest.raises(CommandError, match="This person coordinates in: Bowling Families"):
        run(csv_bytes(KNOWN), organisation="Manningham Families")
