"""`make run` whole: the real web, workers and demo, as a person starts, kills and stops them."""

import json
import os
import pwd
import shutil
import signal
import socket
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from betterstart.devservices import files, ports
from betterstart.devservices.__main__ import main
from betterstart.devservices.supervisor import ROOT
from tests.devservices.running import Running, ordinary_user


def page(address: str, path: str = "account/login/") -> str:
    with urllib.request.urlopen(address + path, timeout=20) as answer:
        assert answer.status == 200
        return answer.read().decode()


def environment(folder: Path) -> dict[str, str]:
    return json.loads((folder / "env.json").read_text())


def families(folder: Path) -> int:
    with psycopg.connect(environment(folder)["DATABASE_OWNER_URL"]) as connection:
        return connection.execute("select count(*) from families_family").fetchone()[0]


def test_run_serves_the_demo_outlives_kills_with_its_data_and_steps_aside_for_a_taken_port(tmp_path):
    wanted = ports.free_port()
    with Running("run", folder=tmp_path, PORT=str(wanted)) as cut_short:
        cut_short.wait_for("Starting the database")
        cut_short.kill(signal.SIGKILL)

    with Running("run", folder=tmp_path, PORT=str(wanted)) as first:
        said = first.wait_for("Stop with Ctrl-C")
        assert f"Ready: http://localhost:{wanted}/" in said
        assert "coordinator@" in said
        assert "<form" in page(f"http://localhost:{wanted}/")
        before = families(tmp_path)
        with Running("run", folder=tmp_path, PORT=str(wanted)) as second:
            assert second.ended() == 1
        assert f"at http://localhost:{wanted}/" in second.said
        first.kill(signal.SIGKILL)
        os.close(files.lock_children(tmp_path))

    with socket.create_server(("127.0.0.1", wanted)), Running("run", folder=tmp_path, PORT=str(wanted)) as again:
        said = again.wait_for("Stop with Ctrl-C")
        assert f"Port {wanted} is taken" in said
        address = environment(tmp_path)["ADDRESS"]
        assert urlsplit(address).port > wanted
        assert "<form" in page(address)
        assert families(tmp_path) == before > 100
        again.kill(signal.SIGINT)

        assert again.ended() == 0
    assert "data are kept" in again.said
    assert not (tmp_path / "env.json").exists()
    os.close(files.lock_children(tmp_path))


@pytest.mark.parametrize("port", ["eight", "0", "65536", "-1"])
def test_run_on_a_port_that_is_none_says_so_before_anything_starts(tmp_path, monkeypatch, capsys, port):
    monkeypatch.setenv("PORT", port)

    assert main(["run", "--folder", str(tmp_path)]) == 1

    assert f"PORT is '{port}'" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_run_with_a_database_that_does_not_answer_says_which_and_stops(tmp_path):
    url = "postgres://someone:secret@127.0.0.1:1/betterstart"
    with Running("run", folder=tmp_path, PORT=str(ports.free_port()), DATABASE_URL=url) as running:
        assert running.ended() == 1

    assert "127.0.0.1 as someone" in running.said
    assert "secret@" not in running.said
    assert "Traceback" not in running.said
    os.close(files.lock_children(tmp_path))


def _checkout_of(entry: pwd.struct_passwd, place: Path) -> Path:
    """A copy of what `make run` needs, in the hands of that user."""
    copy = place / "checkout"
    copy.mkdir()
    for name in ("manage.py", *(path.parent.name for path in ROOT.glob("*/__init__.py")), "templates", "static"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
    for path in (place, *place.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return copy


@pytest.mark.faults
def test_run_as_an_ordinary_user():
    user = ordinary_user()
    if user is None:
        pytest.skip("only root can become somebody else")
    entry, wrapper = user
    with tempfile.TemporaryDirectory() as place:
        checkout = _checkout_of(entry, Path(place))
        var = checkout / "var"
        options = {"wrapper": wrapper, "checkout": checkout, "HOME": place}
        with Running("run", folder=var, PORT=str(ports.free_port()), **options) as running:
            running.wait_for("Stop with Ctrl-C")
            assert (var / "postgres" / "data").stat().st_uid == entry.pw_uid
            assert "<form" in page(environment(var)["ADDRESS"])
            running.kill(signal.SIGTERM)
            assert running.ended() == 0


@pytest.mark.faults
@pytest.mark.parametrize("victim", ["gunicorn", "celery"])
def test_run_stops_whole_when_one_of_its_programs_is_killed(tmp_path, victim):
    with Running("run", folder=tmp_path, PORT=str(ports.free_port())) as running:
        running.wait_for("Stop with Ctrl-C")
        children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
        command = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children}
        os.kill(int(next(pid for pid, words in command.items() if victim in words)), signal.SIGKILL)

        assert running.ended() == 1
    assert "ended by itself" in running.said
    os.close(files.lock_children(tmp_path))


@pytest.fixture(scope="module")
def first_start_seconds(tmp_path_factory) -> float:
    """How long a first start takes here and now, until everything is started."""
    folder, began = tmp_path_factory.mktemp("measured"), time.monotonic()
    with Running("run", folder=folder, PORT=str(ports.free_port())) as running:
        running.wait_for("Stop with Ctrl-C")
        return time.monotonic() - began


@pytest.mark.faults
@pytest.mark.parametrize("moment", range(10))
def test_run_killed_at_any_moment_of_its_start_starts_again(tmp_path, first_start_seconds, moment):
    """Killed a little later each time, from the beginning until after its workers have begun."""
    with Running("run", folder=tmp_path, PORT=str(ports.free_port())) as running:
        running.hear_for(seconds=first_start_seconds * moment / 8)
        running.kill(signal.SIGKILL)

    with Running("run", folder=tmp_path, PORT=str(ports.free_port())) as again:
        again.wait_for("Stop with Ctrl-C")
        assert "<form" in page(environment(tmp_path)["ADDRESS"])
        assert families(tmp_path) > 100
