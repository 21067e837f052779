"""A supervisor started the way `make` starts it, watched from outside."""

import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from betterstart.devservices.supervisor import ROOT

OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DB_AS", "PORT", "DJANGO_SETTINGS_MODULE", "DB_POOL")


class Running:
    """Use as a context manager; whatever is left at the end is taken down."""

    def __init__(
        self,
        *arguments: Any,
        folder: Path,
        wrapper: Sequence[str] = (),
        checkout: Path = ROOT,
        **env: str,
    ) -> None:
        self.said = ""
        command = [*wrapper, sys.executable, "-m", "betterstart.devservices", "--folder", folder, *arguments]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=checkout,
            env={name: value for name, value in os.environ.items() if name not in OURS} | env,
        )

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *args: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.ended()
        self.process.stdout.close()

    def wait_for(self, text: str, seconds: float = 240) -> str:
        """Out: all it said so far, once that holds `text`."""
        self._read_until(lambda: text in self.said, time.monotonic() + seconds)
        assert text in self.said, self.said
        return self.said

    def ended(self, seconds: float = 120) -> int:
        """Out: its exit code, when it has ended and said its last word."""
        self._read_until(lambda: False, time.monotonic() + seconds)
        return self.process.wait(seconds)

    def hear_for(self, seconds: float) -> None:
        """Listen for so long, or until its end."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and select.select([self.process.stdout], [], [], left)[0]:
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return
            self.said += piece.decode(errors="replace")

    def kill(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def _read_until(self, enough: Any, deadline: float) -> None:
        while not enough():
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"nothing more was said in time; so far:\n{self.said}"
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                return
            self.said += piece.decode(errors="replace")


TELL = """
import json, os, signal
names = ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"]
print("told", json.dumps({name: os.environ[name] for name in names}), "end", flush=True)
signal.pause()
"""
# What `test` mode runs inside: say the addresses it was given, then wait to be stopped.
TELL_AND_WAIT = [sys.executable, "-c", TELL]


def told(said: str) -> dict[str, str]:
    return json.loads(said.partition("told ")[2].partition(" end")[0])


def ordinary_user() -> tuple[pwd.struct_passwd, list[str]] | None:
    """Somebody who is not root, and what runs a command as them; None where that cannot be done.

    Root's interpreter may lie in a private home: where it does, they may read everything, and nothing more.
    """
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return None
    entry = pwd.getpwnam("nobody")
    plain = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    for wrapper in ([*plain, "--"], [*plain, *reading, "--"]):
        finds_itself_again = "import betterstart, psycopg, subprocess, sys; subprocess.run([sys.executable, '-V'])"
        probe = [*wrapper, sys.executable, "-c", finds_itself_again]
        if subprocess.run(probe, cwd=ROOT, capture_output=True, check=False).returncode == 0:
            return entry, wrapper
    return None
