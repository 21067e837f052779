"""`python -m betterstart.devservices run` and `... test -- COMMAND`; the Makefile calls both."""

import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path

from betterstart.devservices import supervisor
from betterstart.devservices.files import AlreadyRunning, StillStopping, read_address
from betterstart.devservices.ports import NoFreePort
from betterstart.devservices.postgres import NoPostgres
from betterstart.devservices.process import die_with_parent
from betterstart.devservices.roles import DatabaseNotReady
from betterstart.devservices.supervisor import ChildDied, Stopped, say
from betterstart.devservices.valkey import NoRedis

DEFAULT_PORT = 8000


def main(arguments: list[str]) -> int:
    """Out: the exit code. Anything that goes wrong is said in one message."""
    parser = ArgumentParser(prog="python -m betterstart.devservices")
    parser.add_argument("what", choices=["run", "test"])
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the process that started this ends")
    parser.add_argument("--folder", type=Path, default=supervisor.ROOT / "var", help="where data, logs and locks live")
    end = arguments.index("--") if "--" in arguments else len(arguments)
    chosen, command = parser.parse_args(arguments[:end]), arguments[end + 1 :]
    if chosen.stop_with_parent:
        die_with_parent(signal.SIGTERM, os.getppid())
    folder = chosen.folder if chosen.what == "run" else chosen.folder / "test"
    try:
        if chosen.what == "test":
            return supervisor.test(folder, command)
        supervisor.run(folder, _wanted_port())
    except Stopped:
        say("\nStopped. The data are kept.")
        return 0 if chosen.what == "run" else 130
    except AlreadyRunning:
        address = read_address(folder)
        say(f"This is running already{f', at {address}' if address else ''}. Stop it first: Ctrl-C in its window.")
    except StillStopping:
        say(f"Programs of an earlier run are still there, holding {folder / 'children.lock'}. Try again in a moment.")
    except (ChildDied, DatabaseNotReady, NoFreePort, NoPostgres, NoRedis) as error:
        say(f"\n{error}")
    except PermissionError as error:
        say(f"This user may not use {error.filename}: it belongs to somebody who ran this before.")
    return 1


def _wanted_port() -> int:
    text = os.environ.get("PORT", "") or str(DEFAULT_PORT)
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise NoFreePort(f"PORT is {text!r}; it must be a number from 1 to 65535.")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
