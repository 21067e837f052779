"""Files in the shape of the official ones, as small or as large as a test wants. Run it to make the largest:
python -m tests.places.files 2700000 > ONSPD_FEB_2026_UK.csv
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_HEADING = (
    "pcd7 pcd8 pcds dointr doterm cty25cd ced25cd lad25cd wd25cd parncp25cd usrtypind east1m north1m gridind hlth19cd"
    " nhser24cd ctry25cd rgn25cd ssr95cd pcon24cd eer20cd educ23cd ttwa15cd pco19cd itl25cd wdstl05cd oa01cd wdcas03cd"
    " npark16cd lsoa01cd msoa01cd ruc01ind oac01ind oa11cd lsoa11cd msoa11cd wz11cd sicbl24cd bua24cd ruc11ind"
    " oac11ind lat long lep21cd1 lep21cd2 pfa23cd imd20ind cal24cd icb23cd oa21cd lsoa21cd msoa21cd ruc21ind"
)
HEADINGS = _HEADING.split()
INDEX = "Index of Multiple Deprivation (IMD)"
INDEX_HEADINGS = [
    "LSOA code (2021)",
    "LSOA name (2021)",
    "Local Authority District code (2024)",
    "Local Authority District name (2024)",
    f"{INDEX} Score",
    f"{INDEX} Rank (where 1 is most deprived)",
    f"{INDEX} Decile (where 1 is most deprived 10% of LSOAs)",
    "Income Score (rate)",
    "Income Decile (where 1 is most deprived 10% of LSOAs)",
]
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def postcode_row(postcode: str = "QB7 2AA", **cells: str) -> dict[str, str]:
    """One row of the directory, with every cell filled as in the real one."""
    row = dict.fromkeys(HEADINGS, "X00000001") | {
        "pcds": postcode,
        "dointr": "198001",
        "doterm": "",
        "lad25cd": "E08000032",
        "wd25cd": "E05001341",
        "ctry25cd": "E92000001",
        "wdstl05cd": "E05000099",
        "wdcas03cd": "00CXFA",
        "lat": "53.789012",
        "long": "-1.756789",
        "imd20ind": "7",
        "lsoa01cd": "E01010601",
        "lsoa11cd": "E01010602",
        "lsoa21cd": "E01010603",
    }
    return row | cells


def index_row(lsoa: str = "E01010603", rank: str = "12000", decile: str = "4", **cells: str) -> dict[str, str]:
    values = [lsoa, "Bradford 045C", "E08000032", "Bradford", "31.5", rank, decile, "0.2", "9"]
    return dict(zip(INDEX_HEADINGS, values, strict=True)) | cells


def csv_text(rows: Iterable[dict[str, str]], headings: list[str] | None = None, **style) -> str:
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, headings or list(rows[0]), extrasaction="ignore", **{"lineterminator": "\r\n"} | style)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def many_rows(count: int) -> Iterator[dict[str, str]]:
    """So many different postcodes; every fiftieth has ended, some lie in no ward, some in Northern Ireland."""
    for number in range(count):
        first, rest = divmod(number, 4_000)
        sector, unit = divmod(rest, 400)
        area = "BT" if first % 100 == 99 else f"Q{LETTERS[first % 20]}"
        yield postcode_row(
            f"{area}{first // (100 if area == 'BT' else 20)} {sector}{LETTERS[unit // 20]}{LETTERS[unit % 20]}",
            doterm="201306" if number % 50 == 7 else "",
            wd25cd=f"E0500{number // 300 % 10_000:04}" if number % 1_000 else "E99999999",
            lsoa21cd=f"E010{number // 80 % 33_755:05}",
        )


if __name__ == "__main__":
    writer = csv.DictWriter(sys.stdout, HEADINGS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(many_rows(int(sys.argv[1])))
