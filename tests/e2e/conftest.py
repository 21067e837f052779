"""A real browser against a real server: pages, scripts, policies and database roles as people meet them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, OperationalError, connection, transaction
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from betterstart import celery
from betterstart.access.models import User
from families.views import refer
from tests import conftest, factories

BROWSER = os.environ.get("BROWSER") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Filled by migrations, so they must outlive a test.
MANY = 500  # rows: from here on truncating is quicker than deleting
KEPT = ("django_migrations", "django_content_type", "auth_permission", "lexicon_")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.django_db(transaction=True))
            if not BROWSER and os.environ.get("BROWSER_TESTS") != "required":
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: install one, or set BROWSER"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not BROWSER:
        pytest.fail("BROWSER_TESTS=required, and there is no Chromium on this machine")
    return {**browser_type_launch_args, "executable_path": BROWSER, "args": ARGS}


@pytest.fixture(scope="session")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server with a thread per request. Passkeys need the name localhost."""
    celery.app.set_default()  # as wsgi.py does: the broker of the tests, not one that nobody answers at
    with django_db_blocker.unblock():
        running = LiveServer("localhost")
        yield running.url
        running.stop()
        # A browser keeps its connections, and with them threads of the server and theirs to the database.
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        connection.close()


@pytest.fixture
def _django_db_helper(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a database whose rows the server sees too, emptied in our own way.

    The audit tables refuse to be emptied, also for their owner; only a test may ask their guards to look away. What
    migrations fill stays.
    """
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_")
        yield
        for last_try in (False, False, True):
            try:
                empty_tables()
                break
            except (IntegrityError, OperationalError):
                # A request of a page that was just closed may still be writing: it locks, or adds to, what is emptied.
                connection.close()
                if last_try:
                    raise
        connection.close()


def empty_tables() -> None:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    emptied = [table for table in tables if not table.startswith(KEPT)]
    with transaction.atomic(), connection.cursor() as cursor:
        rows = rows_of(emptied, cursor)
        many = MANY in rows.values()
        filled = [table for table in emptied if many or rows[table]]
        for table in filled:
            cursor.execute(f"alter table {table} disable trigger user")
        if many:
            cursor.execute(f"truncate {', '.join(emptied)} cascade")
        for table in [] if many else filled:
            cursor.execute(f"delete from {table}")  # noqa: S608
        cursor.execute("set constraints all immediate")
        for table in filled:
            cursor.execute(f"alter table {table} enable trigger user")


def rows_of(tables: list[str], cursor: Any) -> dict[str, int]:
    """How many rows each has, counted up to MANY."""
    count = "select '{0}', (select count(*) from (select from {0} limit {1}) _)"
    cursor.execute(" union all ".join(count.format(table, MANY) for table in tables))
    return dict(cursor.fetchall())


@pytest.fixture
def people(db: None, server: str, settings: Any) -> SimpleNamespace:
    """The cast of the other tests, committed. Second-factor rules have tests of their own, so here they are off."""
    settings.REQUIRE_SECOND_FACTOR = False
    return conftest.make_cast()


class Faults(list[str]):
    """What a page must never do while somebody uses it."""

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("console", lambda message: self.append(f"console: {message.text}") if message.type == "error" else None)


@pytest.fixture
def open_as(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """`open_as(user, width=360)` gives a signed-in page of its own; any script or policy error fails the test."""
    faults, contexts = Faults(), []

    def opened(user: User | None = None, width: int = 1280, height: int = 800, **options: Any) -> Page:
        context = browser.new_context(base_url=server, viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        faults.watch(page)
        page.expected_faults = faults  # type: ignore[attr-defined]
        if user:
            context.add_cookies([session_cookie(user, server)])
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def session_cookie(user: User, server: str) -> Any:
    """What somebody carries who has just signed in with a password."""
    session, now = SessionStore(), int(time.time())
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": now, "email": user.email}]
    session["signed_in_at"] = now
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": server}


def sign_in(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/account/login/" not in url)


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds on the page as it is now; its script is sent once for each document."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    return page.evaluate("axe.run({resultTypes: ['violations']}).then(report => report.violations)")


def told(rules: list[dict[str, Any]]) -> list[str]:
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in rules]


@pytest.fixture
def home(people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A service that anybody may ask for. The test types faster than people do."""
    monkeypatch.setattr(refer, "FASTEST_SECONDS", 0)
    people.home.takes_public_referrals = True
    people.home.save()
    return people.home
