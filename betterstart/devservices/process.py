"""One child of the supervisor, started so that it cannot outlive it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from betterstart.devservices.identity import MYSELF, Identity

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(by: signal.Signals, parent: int) -> None:
    """Ask the kernel to send `by` to this process when its parent goes, even by `kill -9` (Linux only)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != parent:
        os._exit(1)  # the parent went before we could ask


class Child:
    """A running program with its log file."""

    def __init__(
        self,
        name: str,
        command: Sequence[object],
        *,
        log: Path | None = None,
        environment: dict[str, str] | None = None,
        identity: Identity = MYSELF,
        keep_open: Sequence[int] = (),
        stop_with: signal.Signals = signal.SIGTERM,
        die_by: signal.Signals = signal.SIGTERM,
        config: str | None = None,
        cwd: Path | None = None,
    ) -> None:
        """In: what to run, where its output goes (None: the terminal), file numbers it inherits, the signal that stops
        it kindly (`stop_with`), the one it gets when the supervisor vanishes (`die_by`), text for its standard input.
        """
        self.name, self.log, self.stop_with = name, log, stop_with
        parent = os.getpid()

        def before_exec() -> None:
            identity.become()
            die_with_parent(die_by, parent)  # after the change of user, which clears it

        output = log.open("wb") if log else None
        try:
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.PIPE if config is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=environment,
                cwd=cwd,
                pass_fds=keep_open,
                start_new_session=True,  # Ctrl-C reaches the supervisor only; it stops its children in order
                preexec_fn=before_exec,
            )
        finally:
            if output:
                output.close()
        if config is not None and self.process.stdin:
            self.process.stdin.write(config.encode())
            self.process.stdin.close()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running():
            self.process.send_signal(self.stop_with)

    def wait_or_kill(self, seconds: float) -> None:
        """Wait for the end; after `seconds` end it and everything it started."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, to show when it died."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
