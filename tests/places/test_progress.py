from __future__ import annotations

from io import StringIO

import pytest
from django.core.management.base import OutputWrapper

from betterstart.progress import Progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def shown():
    def run(out: StringIO, steps: range, *, leaves: bool = False) -> str:
        progress = Progress(OutputWrapper(out), "Postcodes")
        for done in steps:
            progress.show(done, 200, f"{done} rows")
        if leaves:
            progress.leave()
        return out.getvalue()

    return run


def test_terminal_has_one_line_that_fills(shown):
    text = shown(Terminal(), range(201))

    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert text.count("\r") == 101
    assert f"{'█' * 20}{'░' * 20}  50% 100 rows" in text


def test_log_has_a_plain_line_for_each_tenth(shown):
    lines = shown(StringIO(), range(201)).splitlines()

    assert len(lines) == 11
    assert lines[0] == "Postcodes: 0% 0 rows"
    assert lines[-1] == "Postcodes: 100% 200 rows"
    assert not any("\r" in line or "█" in line for line in lines)


def test_bar_that_did_not_come_to_its_end_leaves_its_line(shown):
    assert shown(Terminal(), range(50), leaves=True).endswith(" 24% 48 rows\n")
