"""The product behind a real address, inside the transaction of the test: a browser sees the rows the test made,
and nothing is left when the test is rolled back."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Page

LAUNCH = {
    "executable_path": os.environ.get("BROWSER") or shutil.which("chromium") or shutil.which("google-chrome"),
    "args": [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--no-first-run",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ],
}
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


class _OneAtATime(StaticFilesHandler):
    """The test's one database connection serves one request after the other."""

    turn = threading.RLock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self.turn:
            return super().__call__(environ, start_response)


class _Server(ThreadedWSGIServer):
    def _close_connections(self) -> None:
        """The connection belongs to the test."""


class Site:
    """`with Site() as address:` the product answers there."""

    def __enter__(self) -> str:
        self.connection = connections["default"]
        self.connection.inc_thread_sharing()
        # Django closes a connection between requests if it finds it inside a transaction, as ours always is.
        self.connection.close_if_unusable_or_obsolete = lambda: None
        self.server = _Server(
            ("localhost", 0),
            QuietWSGIRequestHandler,
            allow_reuse_address=False,
            connections_override={"default": self.connection},
        )
        self.server.set_app(_OneAtATime(WSGIHandler()))
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return f"http://localhost:{self.server.server_port}"

    def __exit__(self, *problem: object) -> None:
        self.server.shutdown()
        with _OneAtATime.turn:  # whatever is still being answered is answered first
            self.server.server_close()
        del self.connection.close_if_unusable_or_obsolete
        self.connection.dec_thread_sharing()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with this page, in lines that say where."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)")
