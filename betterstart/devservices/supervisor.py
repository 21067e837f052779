"""The one process that owns the life of every server: it starts them in order and takes them all down together."""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from socket import socket
from types import FrameType

from betterstart.devservices import files, ports, postgres, roles, valkey
from betterstart.devservices.process import Child

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST_PAGE = "account/login/"
FIRST_PAGE_SECONDS = 90
PYTHON = sys.executable


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, a closed terminal, or a polite kill."""


class ChildDied(Exception):
    """A server ended although nobody asked it to; the message holds its last words."""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Supervisor:
    """Use as a context manager: leaving it, however, stops whatever was started.

    In: the folder for data, logs and locks. Raises AlreadyRunning or StillStopping on entry.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self.servers: list[Child] = []
        self.programs: list[Child] = []
        self.environment: dict[str, str] = {}
        self.leftovers_lock = -1

    def __enter__(self) -> "Supervisor":
        self.logs.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.supervisor_lock = files.lock_supervisor(self.folder)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _raise_stopped)
        self.leftovers_lock = files.lock_children(self.folder)
        return self

    def __exit__(self, *args: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # stopping has its own time limits; impatience must not cut it short
        files.remove_environment(self.folder)
        for child in self.programs:
            child.ask_to_stop()
        for child in self.programs:
            child.wait_or_kill(10)
        for child in reversed(self.servers):
            child.ask_to_stop()
            child.wait_or_kill(30)

    def start_servers(self, *, durable: bool) -> None:
        """Postgres and Redis, unless DATABASE_URL and REDIS_URL name servers that run already."""
        keep_open = (self.leftovers_lock,)
        secret = files.secret_key(self.folder)
        url, owner_url = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
        if not url:
            log = self.logs / "postgres.log"
            server, admin = postgres.start(home=self.folder / "postgres", log=log, durable=durable, keep_open=keep_open)
            self.servers.append(server)
            url, owner_url = admin.rpartition("/")[0] + f"/{roles.DEFAULT_DATABASE}", ""
        addresses = roles.settle(url, owner_url, secret=secret)
        redis_url = os.environ.get("REDIS_URL", "")
        if not redis_url:
            server, redis_url = valkey.start(log=self.logs / "redis.log", keep_open=keep_open)
            self.servers.append(server)
        self.environment = {
            "SECRET_KEY": secret,
            "DATABASE_URL": addresses.runtime,
            "DATABASE_OWNER_URL": addresses.owner,
            "REDIS_URL": redis_url,
        }

    def start_program(self, name: str, command: Sequence[object], **options: object) -> Child:
        """One of ours, with the environment of this run; its log is var/log/NAME.log unless told otherwise."""
        options.setdefault("log", self.logs / f"{name}.log")
        environment = {**os.environ, **self.environment, **options.pop("extra", {})}  # type: ignore[dict-item]
        child = Child(name, command, environment=environment, cwd=ROOT, **options)  # type: ignore[arg-type]
        self.programs.append(child)
        return child

    def finish_program(self, child: Child) -> int:
        """Wait until it has done its work. Out: its exit code. Raises ChildDied when a server falls away meanwhile."""
        while child.is_running():
            self.check()
            time.sleep(0.05)
        self.programs.remove(child)
        return child.process.returncode

    def check(self, *, programs: bool = False) -> None:
        """Raises ChildDied when something that must run no longer does."""
        for child in self.servers + (self.programs if programs else []):
            if not child.is_running():
                raise ChildDied(
                    f"{child.name} ended by itself (code {child.process.returncode}), so everything was stopped. "
                    f"Its last words, from {child.log}:\n{child.last_words()}"
                )

    def watch(self) -> None:
        """Until somebody stops us or something dies."""
        while True:
            self.check(programs=True)
            time.sleep(0.3)


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def run(folder: Path, wanted_port: int) -> None:
    """`make run`: everything a laptop needs, until Ctrl-C."""
    began = time.monotonic()
    with Supervisor(folder) as supervisor:
        listening, port = ports.listen(wanted_port)
        if port != wanted_port:
            say(f"Port {wanted_port} is taken by another program, so this one uses {port}.")
        say("Starting the database and the queue.")
        supervisor.start_servers(durable=True)
        supervisor.environment |= _demo_settings(port)
        logins = folder / "logins"
        say("Bringing the database up to date (the first time, the demo partnership is loaded too).")
        prepare = [PYTHON, "-m", "betterstart.devservices.prepare", logins]
        child = supervisor.start_program("prepare", prepare, log=None, extra={"DB_AS": "owner"})
        if supervisor.finish_program(child) != 0:
            raise ChildDied("The database could not be prepared; the reason is above.")
        _start_web(supervisor, listening)
        files.write_environment(folder, supervisor.environment)
        _wait_for_first_page(supervisor, port)
        _start_workers(supervisor)
        say(f"\nReady: {supervisor.environment['ADDRESS']}  (after {time.monotonic() - began:.1f} s)")
        say(f"\n{logins.read_text()}\nLogs are in {supervisor.logs}. Stop with Ctrl-C.")
        supervisor.watch()


def _demo_settings(port: int) -> dict[str, str]:
    chosen = {
        "ADDRESS": f"http://localhost:{port}/",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "DEMO": "1",
        "SECURE": "0",
        "REQUIRE_SECOND_FACTOR": "0",
    }
    return {name: os.environ.get(name, value) if name != "ADDRESS" else value for name, value in chosen.items()}


def _start_web(supervisor: Supervisor, listening: Sequence[socket]) -> None:
    numbers = [each.fileno() for each in listening]
    binds = [part for number in numbers for part in ("--bind", f"fd://{number}")]
    threads = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    quiet = ["--no-control-socket", "--graceful-timeout", "5"]
    log = ["--access-logfile", "-", "--logger-class", "betterstart.logs.AccessLog"]
    gunicorn = [PYTHON, "-m", "gunicorn", "betterstart.wsgi", *binds, *threads, *quiet, *log]
    supervisor.start_program("web", gunicorn, keep_open=(supervisor.leftovers_lock, *numbers), extra={"DB_POOL": "1"})
    for each in listening:
        each.close()


def _start_workers(supervisor: Supervisor) -> None:
    keep_open = (supervisor.leftovers_lock,)
    celery = [PYTHON, "-m", "celery", "-A", "betterstart.celery"]
    work = [*celery, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "info"]
    # Celery only notes any milder signal while it looks for a broker that is gone, which took it minutes. Killed, it
    # leaves nothing half done: its children end with it, and the sweep picks a claimed row up again.
    supervisor.start_program("worker", work, keep_open=keep_open, die_by=signal.SIGKILL)
    schedule = supervisor.folder / "beat-schedule"
    beat = [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "info"]
    supervisor.start_program("beat", beat, keep_open=keep_open)


def _wait_for_first_page(supervisor: Supervisor, port: int) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{FIRST_PAGE}", headers={"Host": f"localhost:{port}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    problem = ""
    while time.monotonic() < deadline:
        supervisor.check(programs=True)
        try:
            with opener.open(request, timeout=10):
                return
        except urllib.error.HTTPError as error:
            words = "\n".join(child.last_words() for child in supervisor.programs)
            raise ChildDied(f"The first page answers with an error ({error.code}):\n{words}") from error
        except OSError as error:
            problem = str(error)
            time.sleep(0.1)
    raise ChildDied(f"The first page did not answer within {FIRST_PAGE_SECONDS} seconds ({problem}).")


def test(folder: Path, command: Sequence[str]) -> int:
    """`make test`: only the servers, with data made afresh, around one command. Out: its exit code."""
    with Supervisor(folder) as supervisor:
        postgres.forget(folder / "postgres")
        supervisor.start_servers(durable=False)
        child = supervisor.start_program("tests", command, log=None, stop_with=signal.SIGINT, die_by=signal.SIGINT)
        return supervisor.finish_program(child)
