"""Only the two servers, around a command that waits: quick enough to be killed in several ways."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from betterstart.devservices import files
from betterstart.devservices.supervisor import ROOT
from tests.devservices.running import TELL_AND_WAIT, Running, ordinary_user, told


def nothing_left(folder: Path) -> bool:
    """The lock that every child inherits is free: waits a little, as a new start does."""
    os.close(files.lock_children(folder / "test"))
    return True


def refuses(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return True
    return False


CHECK = """
import os, psycopg, redis, sys
assert psycopg.connect(os.environ["DATABASE_URL"]).info.user == "app_rw"
assert psycopg.connect(os.environ["DATABASE_OWNER_URL"]).info.user == "app_owner"
assert redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
sys.exit(7)
"""


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    """Servers that run while several tests look at them: their folder, and the addresses told to the command."""
    folder = tmp_path_factory.mktemp("lasting")
    with Running("test", "--", *TELL_AND_WAIT, folder=folder) as running:
        yield folder, told(running.wait_for(" end"))


def test_command_gets_working_servers_and_its_exit_code_comes_back():
    """Where root runs the tests, as an ordinary user: nothing in it needs root (the whole demo: `make faults`)."""
    user = ordinary_user()
    uid, wrapper = (user[0].pw_uid, user[1]) if user else (os.getuid(), [])
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, uid, -1)
        command = ["test", "--", sys.executable, "-c", CHECK]
        with Running(*command, folder=Path(place), wrapper=wrapper, HOME=place) as running:
            assert running.ended() == 7, running.said

        assert (Path(place) / "test" / "postgres" / "data").stat().st_uid == uid
        assert nothing_left(Path(place))


def test_servers_want_a_password_even_from_this_machine(lasting):
    addresses = lasting[1]
    place = urlsplit(addresses["DATABASE_URL"])

    assert not refuses(addresses["DATABASE_URL"])
    assert refuses(f"postgres://app_owner@127.0.0.1:{place.port}/betterstart")
    assert refuses(f"postgres://postgres:postgres@127.0.0.1:{place.port}/betterstart")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_ended_by_a_signal_leaves_nothing_behind(tmp_path, number):
    with Running("test", "--", *TELL_AND_WAIT, folder=tmp_path) as running:
        url = told(running.wait_for(" end"))["DATABASE_URL"]
        running.kill(number)

        assert nothing_left(tmp_path)
        assert refuses(url)
        assert running.ended() == (-9 if number == signal.SIGKILL else 130)


def test_second_start_while_the_first_runs_says_so_and_breaks_nothing(lasting):
    folder, addresses = lasting
    with Running("test", "--", *TELL_AND_WAIT, folder=folder) as second:
        assert second.ended() == 1

    assert "running already" in second.said
    assert not refuses(addresses["DATABASE_URL"])


def test_server_that_dies_takes_everything_down_with_its_last_words(tmp_path):
    with Running("test", "--", *TELL_AND_WAIT, folder=tmp_path) as running:
        running.wait_for(" end")
        pid = int((tmp_path / "test" / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

        assert running.ended() == 1
    assert "Postgres ended by itself" in running.said
    assert "ready to accept connections" in running.said
    assert nothing_left(tmp_path)


def test_parent_that_vanishes_takes_the_supervisor_along(tmp_path):
    """`make` killed outright: nobody would be left to press Ctrl-C."""
    wrapper = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])"]
    with Running("test", "--stop-with-parent", "--", *TELL_AND_WAIT, folder=tmp_path, wrapper=wrapper) as running:
        running.wait_for(" end")
        running.kill(signal.SIGKILL)

        assert nothing_left(tmp_path)


def test_supervisor_loads_no_django_and_sets_no_settings_for_what_it_runs():
    """Its environment goes to every child: the tests have settings of their own."""
    look = (
        "import os, sys, betterstart.devservices.__main__\n"
        "sys.exit('django' in sys.modules or 'celery' in sys.modules or 'DJANGO_SETTINGS_MODULE' in os.environ)"
    )
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    assert subprocess.run([sys.executable, "-c", look], env=bare, cwd=ROOT, check=False).returncode == 0
