"""What the supervisor keeps under var/: locks, the secret key, and the environment other terminals read."""

import fcntl
import json
import os
import secrets
import time
from pathlib import Path

LEFTOVER_PATIENCE_SECONDS = 20


class AlreadyRunning(Exception):
    """Another supervisor holds this folder."""


class StillStopping(Exception):
    """Processes of a supervisor that was killed are still there."""


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by us only."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)


def secret_key(folder: Path) -> str:
    """The key of this checkout, made once: signed-in people stay signed in over a restart."""
    path = folder / "secret_key"
    if not path.exists() or not path.read_text():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_environment(folder: Path, environment: dict[str, str]) -> None:
    write_private(folder / "env.json", json.dumps(environment, indent=2) + "\n")


def remove_environment(folder: Path) -> None:
    (folder / "env.json").unlink(missing_ok=True)


def read_address(folder: Path) -> str:
    """The web address the running supervisor wrote down, or nothing."""
    try:
        return str(json.loads((folder / "env.json").read_text()).get("ADDRESS", ""))
    except (OSError, ValueError):
        return ""


def lock_supervisor(folder: Path) -> int:
    """Held by one supervisor at a time; the kernel lets go of it however that one ends. Raises AlreadyRunning."""
    held = _open_lock(folder / "supervisor.lock")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise AlreadyRunning from error
    return held


def lock_children(folder: Path) -> int:
    """Inherited by every child, so it is free exactly when none of an earlier run is left. Raises StillStopping."""
    held = _open_lock(folder / "children.lock")
    deadline = time.monotonic() + LEFTOVER_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                os.close(held)
                raise StillStopping from error
            time.sleep(0.1)
        else:
            return held


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
