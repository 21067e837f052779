from __future__ import annotations

import datetime as dt
import tracemalloc
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from betterstart.audit.models import AuditEvent
from betterstart.places.imports.postcodes import import_postcodes
from betterstart.places.models import Area, Deprivation, PlaceFile, Postcode
from betterstart.places.reports import places_of
from tests.places.files import HEADINGS, csv_text, index_row, many_rows, postcode_row, write_zip

pytestmark = pytest.mark.django_db
NAME = "ONSPD_FEB_2026_UK.csv"


@pytest.fixture
def bring_in(tmp_path):
    def run(content: str | bytes, name: str = NAME, **options) -> str:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = StringIO()
        call_command("import_postcodes", path, stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def refused(bring_in):
    """Run it, and give the sentence; whatever was there before is there afterwards."""
    bring_in(csv_text([postcode_row("QB1 1AA")]), "ONSPD_NOV_2025_UK.csv")
    before = rows()

    def run(*args, **options) -> str:
        with pytest.raises(CommandError, match=r"^Nothing was changed\.") as refusal:
            bring_in(*args, **options)
        assert rows() == before
        assert PlaceFile.objects.get().edition == "2025-11"
        return str(refusal.value)

    return run


def rows() -> list[tuple]:
    """With the mark the database sets when it writes a row."""
    with connection.cursor() as cursor:
        cursor.execute("select ctid, xmin, * from places_postcode order by postcode")
        return cursor.fetchall()


def test_postcode_knows_its_council_ward_and_small_area_of_2021(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA")]))

    place = places_of(["QB7 2AA"])["QB7 2AA"]
    assert (place.council, place.ward, place.lsoa) == ("E08000032", "E05001341", "E01010603")
    assert place.postcode_edition == "2026-02"


@pytest.mark.parametrize("year", ["24", "25", "31"])
def test_columns_are_found_whatever_their_year(bring_in, year):
    rename = {"lad25cd": f"lad{year}cd", "wd25cd": f"WD{year}CD "}
    row = {rename.get(heading, heading): cell for heading, cell in postcode_row().items()}

    bring_in(csv_text([row]))

    assert Postcode.objects.get().ward == "E05001341"


@pytest.mark.parametrize(
    ("column", "says"),
    [("pcds", "pcds"), ("doterm", "doterm"), ("lad25cd", "lad"), ("wd25cd", "wd"), ("lsoa21cd", "lsoa21")],
)
def test_file_without_a_column_is_refused_by_its_name(refused, column, says):
    """The older small areas (lsoa01cd, lsoa11cd) and wards (wdstl05cd) do not stand in for a missing one."""
    headings = [heading for heading in HEADINGS if heading != column]

    sentence = refused(csv_text([postcode_row()], headings))

    assert f"begins with “{says}”" in sentence


def test_order_of_the_columns_does_not_matter(bring_in):
    bring_in(csv_text([postcode_row()], list(reversed(HEADINGS))))

    assert Postcode.objects.get().lsoa == "E01010603"


def test_cells_under_the_wrong_headings_are_refused_with_their_line(refused):
    row = postcode_row()
    swapped = row | {"lad25cd": row["wd25cd"], "wd25cd": row["lad25cd"]}

    assert "line 3: “E05001341” cannot be the council." in refused(csv_text([row, swapped]))


def test_column_that_stands_twice_is_refused(refused):
    text = csv_text([postcode_row()]).replace("pcd8,pcds", "pcds,pcds", 1)

    assert "two columns called “pcds”" in refused(text)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + csv_text([postcode_row()]),
        csv_text([postcode_row()], lineterminator="\n"),
        csv_text([postcode_row()], quoting=1),
        csv_text([postcode_row()]) + "\r\n\r\n",
    ],
    ids=["byte order mark", "unix line ends", "quotation marks", "empty lines at the end"],
)
def test_way_the_file_is_written_makes_no_difference(bring_in, content):
    bring_in(content)

    assert Postcode.objects.get().postcode == "QB7 2AA"


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"pcds": "QB72AA"}, "line 3: “QB72AA” cannot be the postcode"),
        ({"pcds": ""}, "line 3: “” cannot be the postcode"),
        ({"doterm": "201313"}, "line 3: “201313” cannot be the month a postcode ended"),
        ({"doterm": "2013"}, "line 3: “2013” cannot be the month"),
        ({"wd25cd": "E0500134"}, "line 3: “E0500134” cannot be the ward"),
        ({"lsoa21cd": "Bradford\t045C"}, "cannot be the small area of 2021"),
        ({"lsoa21cd": "E0101060٣"}, "cannot be the small area of 2021"),
        ({"lad25cd": "E01010603"}, "cannot be the council"),
    ],
)
def test_cell_that_cannot_be_is_refused_with_its_line(refused, cells, says):
    assert says in refused(csv_text([postcode_row(), postcode_row() | cells]))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda text: text.rstrip("\r\n")[:-20], "ends in the middle of a line"),
        (lambda text: text[: text.rindex(",")] + "\r\n", "line 3: 52 cells where the heading has 53"),
        (lambda text: text.rstrip("\r\n") + ",more\r\n", "line 3: 54 cells where the heading has 53"),
        (lambda text: text.replace("QB7 2AB", '"QB7 2AB', 1), "quotation marks do not fit"),
        (lambda text: text.encode().replace(b"QB7 2AB", b"QB7 \xff2B"), "not text in UTF-8"),
        (lambda text: text.encode("utf-16"), "ends in the middle of a line|not text in UTF-8"),
        (lambda text: "", "is empty"),
        (lambda text: text.splitlines()[0] + "\r\n", "no rows under the heading"),
        (lambda text: "<!doctype html>\n<title>Download</title>\n", "no column for the postcode"),
        (lambda text: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\n", "not text in UTF-8"),
        (lambda text: b"\r\n" * 3, "no column for the postcode"),
        (lambda text: csv_text([index_row()]), "no column for the postcode"),
    ],
    ids=[
        *("cut off", "short row", "long row", "open quotation mark", "no text", "utf-16", "empty", "heading alone"),
        *("web page", "picture", "empty lines", "the other file"),
    ],
)
def test_damaged_file_is_refused_as_a_whole(refused, spoil, says):
    text = csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB")])

    sentence = refused(spoil(text))

    assert any(each in sentence for each in says.split("|"))


def test_postcode_that_stands_twice_is_refused_with_its_lines(refused):
    text = csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB"), postcode_row("QB7 2AA")])

    assert "QB7 2AA (lines 2, 4)" in refused(text)


def test_ended_postcode_is_kept_with_its_month(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA", doterm="201306")]))

    assert Postcode.objects.get().ended_on == dt.date(2013, 6, 1)
    assert places_of(["QB7 2AA"])["QB7 2AA"].ward == "E05001341"


def test_codes_for_nowhere_are_no_place(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA", lad25cd="L99999999", wd25cd="E99999999", lsoa21cd="M99999999")]))

    row = Postcode.objects.get()
    assert (row.council, row.ward, row.lsoa) == ("", "", "")


def test_old_postcode_of_another_shape_does_not_stop_the_file(bring_in):
    bring_in(csv_text([postcode_row("GIR 0AA"), postcode_row("NPT 1XX"), postcode_row("W1A 1AA")]))

    assert Postcode.objects.count() == 3


def test_rank_in_the_directory_is_never_taken_for_a_decile(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA", imd20ind="7")]))

    assert places_of(["QB7 2AA"])["QB7 2AA"].decile is None


def test_other_nations_have_a_ward_and_no_english_decile(bring_in):
    Deprivation.objects.create(lsoa="E01010603", decile=3)
    wales = postcode_row("CF10 1AA", lad25cd="W06000015", wd25cd="W05001271", lsoa21cd="W01001939")
    bring_in(csv_text([postcode_row(), wales]))

    found = places_of(["CF10 1AA", "QB7 2AA"])
    assert (found["CF10 1AA"].ward, found["CF10 1AA"].decile) == ("W05001271", None)
    assert found["QB7 2AA"].decile == 3


def test_northern_ireland_is_left_out_and_said_so(bring_in):
    belfast = postcode_row("BT1 1AA", lad25cd="N09000003", wd25cd="N08000314", lsoa21cd="N21000123")

    said = bring_in(csv_text([postcode_row(), belfast]))

    assert "1 postcodes of Northern Ireland left out" in said
    assert list(Postcode.objects.values_list("pk", flat=True)) == ["QB7 2AA"]


def test_pseudo_postcodes_lie_nowhere(bring_in, django_assert_num_queries):
    bring_in(csv_text([postcode_row()]))

    with django_assert_num_queries(0):
        assert places_of(["ZZ99 3VZ", "ZZ99 3WZ", ""]) == {}


def test_many_postcodes_are_looked_up_in_one_query_through_the_index(bring_in, django_assert_num_queries):
    bring_in(csv_text(many_rows(3_000)))
    wanted = list(Postcode.objects.values_list("pk", flat=True)[:30])

    with django_assert_num_queries(1):
        assert len(places_of([*wanted, "QB99 9ZZ"])) == 30
    with connection.cursor() as cursor:
        cursor.execute("analyze places_postcode")
        cursor.execute("explain select * from places_postcode where postcode in ('QA0 0AA', 'QA0 0AB')")
        assert "places_postcode_pkey" in "".join(line for (line,) in cursor.fetchall())


def test_same_file_again_changes_nothing(bring_in):
    text = csv_text([postcode_row(), postcode_row("QB7 2AB", doterm="201306", wd25cd="E99999999")])
    bring_in(text)
    before = rows()

    assert "nothing was changed" in bring_in(text)
    assert rows() == before
    assert PlaceFile.objects.count() == AuditEvent.objects.filter(verb="postcodes.imported").count() == 1


def test_next_edition_adds_changes_and_takes_away(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB"), postcode_row("QB7 2AD")]))
    untouched = rows()[0]

    text = csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB", wd25cd="E05009999"), postcode_row("QB7 2AE")])
    said = bring_in(text, "ONSPD_MAY_2026_UK.csv")

    assert "Edition 2026-05: 1 new, 1 changed, 1 gone." in said
    assert rows()[0] == untouched
    assert Postcode.objects.get(pk="QB7 2AB").ward == "E05009999"
    assert AuditEvent.objects.filter(verb="postcodes.imported").latest("pk").details["changed"] == 1


def test_file_smaller_than_the_last_is_only_taken_when_that_is_meant(bring_in):
    bring_in(csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB")]))
    smaller = csv_text([postcode_row("QB7 2AA")])

    with pytest.raises(CommandError, match="may have been cut off"):
        bring_in(smaller, "ONSPD_MAY_2026_UK.csv")
    assert Postcode.objects.count() == 2

    bring_in(smaller, "ONSPD_MAY_2026_UK.csv", fewer=True)
    assert Postcode.objects.count() == 1


def test_import_that_is_stopped_halfway_changes_nothing(bring_in, tmp_path):
    bring_in(csv_text([postcode_row("QB1 1AA")]))
    before = rows()
    path = tmp_path / "ONSPD_MAY_2026_UK.csv"
    path.write_text(csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB")]))

    def stop(done: int, of: int, detail: str) -> None:
        if "compared" in detail and done > 80:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_postcodes(path, sign=stop)

    assert rows() == before


@pytest.mark.parametrize("name", ["ONSPD.csv", "ONSPD_XYZ_2026_UK.csv", "postcodes.csv"])
def test_month_that_the_name_does_not_say_must_be_given(bring_in, refused, name):
    assert "--edition 2026-02" in refused(csv_text([postcode_row()]), name)

    bring_in(csv_text([postcode_row("QB1 1AA")]), name, edition="2026-02")
    assert PlaceFile.objects.latest("pk").edition == "2026-02"


def test_zip_as_it_is_published_brings_postcodes_and_names(bring_in, tmp_path):
    path = write_zip(
        tmp_path / "ONSPD_FEB_2026.zip",
        {
            "Data/ONSPD_FEB_2026_UK.csv": csv_text([postcode_row("QB7 2AA"), postcode_row("QB7 2AB")]),
            "Data/multi_csv/ONSPD_FEB_2026_UK_QB.csv": csv_text([postcode_row("QB7 2AA")]),
            "Documents/Ward names and codes.csv": "WD25CD,WD25NM\nE05001341,Great Horton\nE99999999,(pseudo)\n",
            "Documents/LA names.csv": "\ufeffLAD25CD,LAD25NM,LAD25NMW\nE08000032,Bradford,\nW06000001,Ynys Môn,\n",
            "Documents/Countries.csv": "CTRY25CD,CTRY25NM\nE92000001,England\n",
        },
    )
    bring_in(path.read_bytes(), path.name)

    assert Postcode.objects.count() == 2
    assert dict(Area.objects.values_list("code", "name")) == {
        "E05001341": "Great Horton",
        "E08000032": "Bradford",
        "W06000001": "Ynys Môn",
    }


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"a.csv": "x,y\n1,2\n", "Read me.txt": "hello"}, "no CSV with the columns we need"),
        ({"a.csv": "pcds\nx\n", "b.csv": "pcds\nx\n"}, "several files that could be meant: a.csv, b.csv"),
    ],
)
def test_zip_without_one_clear_table_is_refused(refused, tmp_path, members, says):
    assert says in refused(write_zip(tmp_path / "x.zip", members).read_bytes(), "ONSPD_FEB_2026.zip")


def test_zip_that_is_damaged_is_refused(refused, tmp_path):
    content = write_zip(tmp_path / "x.zip", {"Data/ONSPD_FEB_2026_UK.csv": csv_text(many_rows(500))}).read_bytes()

    assert "damaged or was cut off" in refused(content[: len(content) // 2], "ONSPD_FEB_2026.zip")
    spoilt = bytearray(content)
    spoilt[len(content) // 3] ^= 255  # what then comes out may be no ZIP, or no postcode
    assert "Nothing was changed" in refused(bytes(spoilt), "ONSPD_FEB_2026.zip")
    checksum = bytearray(content)
    checksum[content.rindex(b"PK\x01\x02") + 16] ^= 255
    assert "damaged" in refused(bytes(checksum), "ONSPD_FEB_2026.zip")


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("import_postcodes", tmp_path / "gone.csv")
    with pytest.raises(CommandError, match="cannot be read: Is a directory"):
        call_command("import_postcodes", tmp_path)


def test_names_may_come_in_another_alphabet_of_bytes(bring_in, tmp_path):
    names = tmp_path / "wards.csv"
    names.write_bytes("WD25CD,WD25NM\r\nW05000001,Bro Aberffraw â\r\n".encode("cp1252"))

    assert "1 names" in bring_in(csv_text([postcode_row()]), names=[names])
    assert Area.objects.get().name == "Bro Aberffraw â"


def test_file_of_names_without_names_is_refused_with_all_that_came_before(refused, tmp_path):
    names = tmp_path / "wards.csv"
    names.write_text("code,name\nE05000001,Somewhere\n")

    assert "WD25CD" in refused(csv_text([postcode_row(), postcode_row("QB7 2AB")]), names=[names])


def test_web_and_worker_role_may_run_the_import(bring_in, runtime_role):
    bring_in(csv_text([postcode_row()]))

    assert Postcode.objects.exists()


def test_memory_does_not_grow_with_the_file(bring_in, tmp_path):
    peaks = []
    for rows_in_it in (5_500, 14_000):
        path = tmp_path / "ONSPD_FEB_2026_UK.csv"
        path.write_text(csv_text(many_rows(rows_in_it)))
        tracemalloc.start()
        import_postcodes(path, sign=lambda *_how_far: None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.5


def test_postcodes_have_no_index_but_their_key():
    """A second would double what an import writes."""
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where tablename = 'places_postcode'")
        assert cursor.fetchall() == [("places_postcode_pkey",)]
