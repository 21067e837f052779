"""Each import contract refuses what it is there to refuse, shown on a copy with one fault planted."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
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


@pytest.mark.faults
def test_contracts_keep_the_house_as_it_stands(copy):
    assert lint(copy)[0] == 0


@pytest.mark.faults
@pytest.mark.parametrize(("contract", "path", "line"), FAULTS)
def test_contract_refuses_a_planted_fault(copy, contract, path, line):
    planted = copy / path
    before = planted.read_text() if planted.exists() else None
    planted.write_text(line + (before or ""))
    try:
        code, said = lint(copy)
    finally:
        planted.unlink() if before is None else planted.write_text(before)

    assert code == 1
    assert f"{NAMES[contract]} BROKEN" in said.replace("\n", " ")
