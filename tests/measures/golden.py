"""The golden cases: worked figures the measures must reproduce, with the tolerances the file itself names."""

import json
from pathlib import Path
from typing import Any

import pytest

GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "golden.json").read_text(encoding="utf-8"))


def cases(group: str) -> list[Any]:
    return GOLDEN[group]


def close(expected: float | None, kind: str = "default") -> Any:
    """`expected` within the file's tolerance; None only equals None."""
    return None if expected is None else pytest.approx(expected, abs=GOLDEN["meta"]["tol"][kind], rel=0)


def name(case: dict[str, Any]) -> str:
    return case.get("id", "case")
