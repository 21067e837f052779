from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from betterstart.audit.models import AuditEvent
from betterstart.places.imports.deprivation import decile_of_rank
from betterstart.places.models import Deprivation, PlaceFile
from tests.places.files import INDEX, INDEX_HEADINGS, csv_text, index_row, postcode_row, write_zip

pytestmark = pytest.mark.django_db
NAME = "File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
RANK, DECILE = INDEX_HEADINGS[5], INDEX_HEADINGS[6]


@pytest.fixture
def bring_in(tmp_path):
    def run(content: str | bytes, name: str = NAME, **options) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command("import_deprivation", path, stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def refused(bring_in):
    bring_in(csv_text([index_row("E01000001", decile="9")]), "IoD2025.csv")

    def run(*args, **options) -> str:
        with pytest.raises(CommandError, match=r"^Nothing was changed\.") as refusal:
            bring_in(*args, **options)
        assert deciles() == {"E01000001": 9}
        assert PlaceFile.objects.count() == 1
        return str(refusal.value)

    return run


def deciles() -> dict[str, int]:
    return dict(Deprivation.objects.values_list("lsoa", "decile"))


def test_decile_is_read_from_its_own_column(bring_in):
    """Beside it stand a rank, and the deciles of the domains."""
    said = bring_in("\ufeff" + csv_text([index_row("E01010603", rank="12000", decile="4")]))

    assert deciles() == {"E01010603": 4}
    assert PlaceFile.objects.get().edition == "2025"
    assert "Edition 2025: 1 new" in said
    assert AuditEvent.objects.get(verb="deprivation.imported").details["rows"] == 1


def test_heading_may_have_other_spaces_and_capitals(bring_in):
    text = csv_text([index_row()]).replace(DECILE, f"{INDEX}  DECILE (where 1 is most deprived)")

    bring_in(text)

    assert deciles() == {"E01010603": 4}


@pytest.mark.parametrize(
    ("rank", "decile"),
    [(1, 1), (3_285, 1), (3_375, 1), (3_376, 2), (16_877, 5), (16_878, 6), (30_379, 9), (30_380, 10), (33_755, 10)],
)
def test_rank_gives_the_decile_of_the_areas_of_2021(rank, decile):
    """Among the 32,844 areas of 2011, rank 3,285 would already be the second tenth."""
    assert decile_of_rank(rank) == decile


def test_decile_that_is_missing_is_worked_out_from_the_rank(bring_in):
    bring_in(csv_text([index_row("E01000001", rank="3,376", decile=""), index_row("E01000002", rank="1", decile="10")]))

    assert deciles() == {"E01000001": 2, "E01000002": 10}


def test_file_with_ranks_alone_is_enough(bring_in):
    headings = [heading for heading in INDEX_HEADINGS if heading != DECILE]

    bring_in(csv_text([index_row(rank="33755")], headings))

    assert deciles() == {"E01010603": 10}


@pytest.mark.parametrize(
    ("without", "says"), [([INDEX_HEADINGS[0]], "LSOA code (2021)"), ([RANK, DECILE], f"{INDEX} Decile")]
)
def test_file_without_a_column_is_refused_by_its_name(refused, without, says):
    headings = [heading for heading in INDEX_HEADINGS if heading not in without]

    assert f"begins with “{says}”" in refused(csv_text([index_row()], headings))


def test_order_of_the_columns_does_not_matter(bring_in):
    bring_in(csv_text([index_row(decile="4", rank="12000")], list(reversed(INDEX_HEADINGS))))

    assert deciles() == {"E01010603": 4}


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda text: text.rstrip("\r\n")[:-3], "ends in the middle of a line"),
        (lambda text: text[: text.rindex(",")] + "\r\n", "line 3: 8 cells where the heading has 9"),
        (lambda text: text.replace("Bradford 045C", '"Bradford 045C', 1), "quotation marks do not fit"),
        (lambda text: text.encode("utf-16") + b"\n", "not text in UTF-8"),
        (lambda text: text.replace("045C", "045\u00e9").encode("cp1252"), "not text in UTF-8"),
        (lambda text: "", "is empty"),
        (lambda text: text.splitlines()[0] + "\r\n", "no rows under the heading"),
        (lambda text: "<!doctype html>\n<title>Download</title>\n", "no column for the small area of 2021"),
        (lambda text: csv_text([postcode_row()]), "no column for the small area of 2021"),
    ],
    ids=[
        *("cut off", "short row", "open quotation mark", "utf-16", "other bytes", "empty", "heading alone"),
        *("web page", "the other file"),
    ],
)
def test_damaged_file_is_refused_as_a_whole(refused, spoil, says):
    assert says in refused(spoil(csv_text([index_row("E01000002"), index_row("E01000003")])))


def test_workbook_is_refused_with_what_to_do(refused, tmp_path):
    workbook = write_zip(tmp_path / "x.zip", {"xl/workbook.xml": "<workbook/>"}).read_bytes()

    assert "must be saved as CSV first" in refused(workbook, "File_7_IoD2025.xlsx")


def test_index_of_older_areas_is_refused(refused):
    text = csv_text([index_row()]).replace("LSOA code (2021)", "LSOA code (2011)")

    assert "small areas of 2011" in refused(text, "File_7_IoD2019.csv")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (index_row("W01001939"), "line 3: “W01001939” is no small area of England"),
        (index_row("E02000001"), "line 3: “E02000001” is no small area of England"),
        (index_row("E01010603", decile="11"), "line 3: “11” is not a decile"),
        (index_row("E01010603", decile="0"), "line 3: “0” is not a decile"),
        (index_row("E01010603", decile="31.5"), "line 3: “31.5” is not a decile"),
        (index_row("E01010603", decile="", rank=""), "line 3: there is no decile"),
        (index_row("E01010603", decile="", rank="33756"), "line 3: there is no decile"),
        (index_row("E01010604"), "E01010604 stands on lines 2 and 3"),
    ],
)
def test_row_that_cannot_be_is_refused_with_its_line(refused, row, says):
    assert says in refused(csv_text([index_row("E01010604"), row]))


def test_cells_that_changed_places_are_refused(refused):
    assert "line 2: “12000” is not a decile" in refused(csv_text([index_row() | {RANK: "4", DECILE: "12000"}]))


def test_same_file_again_changes_nothing(bring_in):
    bring_in(csv_text([index_row()]))

    assert "nothing was changed" in bring_in(csv_text([index_row()]))
    assert PlaceFile.objects.count() == 1


def test_next_edition_replaces_the_last_as_a_whole(bring_in):
    bring_in(csv_text([index_row("E01000001"), index_row("E01000002"), index_row("E01000003")]))

    next_one = csv_text([index_row("E01000001"), index_row("E01000002", decile="7"), index_row("E01000004")])
    assert "1 new, 1 changed, 1 gone" in bring_in(next_one, "File_7_IoD2029.csv")

    assert deciles() == {"E01000001": 4, "E01000002": 7, "E01000004": 4}


def test_smaller_file_is_only_taken_when_that_is_meant(bring_in):
    bring_in(csv_text([index_row("E01000001"), index_row("E01000002")]))

    with pytest.raises(CommandError, match="may have been cut off"):
        bring_in(csv_text([index_row("E01000001")]))
    bring_in(csv_text([index_row("E01000001")]), fewer=True)

    assert len(deciles()) == 1


def test_year_that_the_name_does_not_say_must_be_given(bring_in, refused):
    assert "--edition 2025" in refused(csv_text([index_row()]), "index.csv")

    bring_in(csv_text([index_row()]), "index.csv", edition="2025")
    assert deciles() == {"E01010603": 4}
