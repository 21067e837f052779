"""A real-looking export: three sheets, the mess people make, always the same for the same number of rows.

`python -m tests.imports.realistic 10000 out.xlsx worker@example.org` writes one.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from pathlib import Path
from typing import Any

from tests.imports.files import csv_bytes, days_ago, xlsx_bytes

FIRST = [
    "Amina", "Zoë", "Łucja", "Renée", "Fatima", "Chloe", "Siân", "Ngozi", "Mária", "آمنہ", "Sana", "Katie", "Ilinca",
    "Halima", "Grace", "Joanna",
]  # fmt: skip
LAST = ["Hussain", "Khan", "Żak", "O'Brien", "Nowak", "Begum", "Smith", "Kovács", "Okafor", "Akhtar", "Horváth"]
STREETS = ["High Street", "Leeds Road", "Back Lane", "Otley Road", "Manchester Rd"]
LANGUAGES = ["Urdu", "English", "Punjabi", "polish", "Slovak", "", "en", "Bengali"]
NOTES = [
    "We read the book about the bear together and talked about nursery.",
    "Went to the library; Zoë chose two books.\nNext time: forms for nursery.",
    "=good day, slept better",
    "",
]


def _form(chance: random.Random, day: dt.date) -> Any:
    return chance.choice([day, day.strftime("%d/%m/%Y"), day.isoformat(), day.strftime("%d %B %Y")])


def rows(total: int, worker: str) -> dict[str, list[list[Any]]]:
    """Sheets with `total` rows below their headings: a fifth families, a quarter children, the rest visits."""
    chance = random.Random(total)
    families = max(1, total // 5)
    children = total // 4
    sheets: dict[str, list[list[Any]]] = {
        "Families": [["Family ref", "Family name", "Main carer", "Phone", "Email", "Address 1", "Town", "Postcode",
                      "First language", "Safe to leave message", "Referral date", "Start date", "Status"]],
        "Children": [["Family ref", "Child ref", "Child name", "Date of birth"]],
        "Visits": [["Family ref", "Visit ref", "Visit date", "Start time", "Duration", "Visited by", "Outcome",
                    "Reason", "Notes"]],
    }  # fmt: skip
    started: list[dt.date] = []
    for number in range(families):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        start = days_ago(chance.randint(60, 500))
        started.append(start)
        sheets["Families"].append([
            f"F{number:05}", first, f"{first} {last}", 7_700_000_000 + number, f"{number}@example.org",
            f"{chance.randint(1, 200)} {chance.choice(STREETS)}", "Bradford",
            f"bd{chance.randint(1, 18)} {number % 10}aa",
            chance.choice(LANGUAGES), chance.choice(["Y", "N", ""]), start - dt.timedelta(days=30),
            start.strftime("%d/%m/%Y"), "Open",
        ])  # fmt: skip
    for number in range(children):
        born = days_ago(chance.randint(40, 1_400))
        family = f"F{number % families:05}"
        sheets["Children"].append([family, f"C{number:05}", f"{chance.choice(FIRST)} {number}", _form(chance, born)])
    for number in range(total - families - children):
        family = number % families
        day = started[family] + dt.timedelta(days=7 * (number // families) % 55)
        delivered = chance.random() > 0.1
        sheets["Visits"].append([
            f"F{family:05}", f"V{number:06}", _form(chance, day), chance.choice(["10:00", "2.30pm", dt.time(14, 0)]),
            chance.choice(["1h20", 90, "2 hours", "75 min"]) if delivered else "", worker,
            "Attended" if delivered else "Cancelled", "" if delivered else chance.choice(["holiday", "Not in"]),
            chance.choice(NOTES),
        ])  # fmt: skip
    return sheets


def workbook(total: int, worker: str) -> bytes:
    return xlsx_bytes(rows(total, worker))


def visits_csv(total: int, worker: str) -> bytes:
    """The visits alone, as an old Windows program would write them."""
    return csv_bytes(rows(total, worker)["Visits"], "utf-8-sig", ";")


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(workbook(int(sys.argv[1]), sys.argv[3]))
