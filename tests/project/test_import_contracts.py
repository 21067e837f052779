"""Each import contract refuses what it is there to refuse, shown on a copy with one fault planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("betterstart", "families", "volunteers", "kindness_metrics")
LINT = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())"]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}

# The contract that must break, the file, and what is put at its beginning.
FAULTS = [
    ("apps", "families/actions/hidden.py", "def later():\n    from volunteers import models\n"),
    ("platform", "betterstart/access/upward.py", "from betterstart.audit import models\n"),
    ("platform", "betterstart/helpers.py", ""),
    ("apps", "betterstart/transitions/machine.py", "import families.models\n"),
    ("inside-apps", "families/utils.py", ""),
    ("inside-apps", "families/models/family.py", "import families.views\n"),
    ("inside-access", "betterstart/access/signals.py", ""),
    ("inside-platform", "betterstart/audit/models.py", "import betterstart.audit.record\n"),
    ("circles", "betterstart/charts/svg.py", "import betterstart.charts.bars\n"),
    ("measures", "kindness_metrics/measures/spc.py", "import django\n"),
    ("devservices", "betterstart/celery.py", "import betterstart.devservices.ports\n"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run([*LINT, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def broken(said: str) -> set[str]:
    """Names of the contracts, as the report breaks its lines."""
    return {name for name in NAMES.values() if f"{name} BROKEN" in said.replace("\n", " ")}


@contextmanager
def planted(folder: Path, faults: list[tuple[str, str, str]]) -> Iterator[None]:
    before = {path: path.read_text() if path.exists() else None for _, name, _ in faults for path in [folder / name]}
    for _, name, line in faults:
        (folder / name).write_text(line + (before[folder / name] or ""))
    try:
        yield
    finally:
        for path, text in before.items():
            path.unlink() if text is None else path.write_text(text)


def test_every_contract_refuses_a_planted_fault(copy):
    """All at once, which is quick; `make faults` plants one at a time and sees that the one meant speaks."""
    with planted(copy, FAULTS):
        code, said = lint(copy)

    assert code == 1
    assert broken(said) == set(NAMES.values())


@pytest.mark.faults
def test_contracts_keep_the_house_as_it_stands(copy):
    code, said = lint(copy)

    assert code == 0
    assert not broken(said)


@pytest.mark.faults
@pytest.mark.parametrize(("contract", "path", "line"), FAULTS)
def test_contract_refuses_a_planted_fault(copy, contract, path, line):
    with planted(copy, [(contract, path, line)]):
        code, said = lint(copy)

    assert code == 1
    assert NAMES[contract] in broken(said)
