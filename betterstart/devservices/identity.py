"""As whom a server runs. Postgres refuses to run as root, so root needs another skin for it."""

import ctypes
import os
import pwd
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Identity:
    """`become` is called in a new child before it turns into the server."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False

    def become(self) -> None:
        if self.namespace:
            _leave_user_namespace()
        elif self.uid is not None and self.gid is not None:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def owns(self, path: Path) -> None:
        """Give `path` to this identity. In a user namespace files stay root's, so there is nothing to give."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_run(self, program: Path) -> bool:
        """Whether this identity reaches and may start `program`.

        Only trying tells: a private home folder may stand in the way, and containers often forbid user namespaces.
        """
        try:
            done = subprocess.run(
                [program, "--version"], preexec_fn=self.become, capture_output=True, check=False, cwd="/"
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0


MYSELF = Identity()
NAMESPACE = Identity(namespace=True)


def ordinary_user() -> Identity:
    """An account that root can lend to Postgres: `postgres` where it exists, else `nobody`."""
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(uid=entry.pw_uid, gid=entry.pw_gid)
    raise LookupError("This machine has neither a user `postgres` nor a user `nobody`.")


def owner_of(path: Path) -> Identity:
    """The identity that made these files: root's were made inside a user namespace."""
    found = path.stat()
    return NAMESPACE if found.st_uid == 0 else Identity(uid=found.st_uid, gid=found.st_gid)


def _leave_user_namespace() -> None:
    if _libc is None or _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are not allowed here")
