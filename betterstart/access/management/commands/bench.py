from __future__ import annotations

import os
import re
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from betterstart.access.demo import DOMAIN
from betterstart.access.models import User


class Page(NamedTuple):
    title: str
    who: str
    name: str
    parent: str = ""
    query: str = ""


# What each kind of person opens all day: what it is called, who, page, what is asked, and (for one record) the list its
# address is read from. A referral that waits proposes families that may be the same, so it searches for them.
PAGES = [
    Page("Today", "coordinator", "families:today"),
    Page("my families", "coordinator", "families:list"),
    Page("one family", "coordinator", "families:family", parent="families:list"),
    Page("a family here twice", "coordinator", "families:same-list"),
    Page("find a family", "coordinator", "families:all", query="?q=rabia"),
    Page("waiting list", "coordinator", "families:waiting-list"),
    Page("long waits", "manager", "families:waiting-long"),
    Page("referrals", "coordinator", "families:referral-list"),
    Page("one referral, duplicates", "coordinator", "families:referral", parent="families:referral-list"),
    Page("my visits", "volunteer", "volunteers:my-visits"),
    Page("two languages", "manager", "kindness_metrics:two-languages"),
]
RUNTIME_ROLE = "app_rw"


class Command(BaseCommand):
    """Print a table of milliseconds and statements for each page and size, and how much longer the largest takes."""

    help = (
        "Measure the everyday pages on partnerships of growing size: queries, milliseconds a page (median), the part "
        "that is SQL, the work of the processor, and how it grows. Each size gets a database of its own, which is "
        "dropped afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", default="1000,10000,100000", help="families, separated by commas")
        parser.add_argument("--rounds", type=int, default=20, help="how often each page is opened")
        parser.add_argument("--databases", default="", help="measure these, which the demo filled, and make none")

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = [int(size) for size in options["sizes"].split(",") if size.strip().isdecimal()]
        if not sizes:
            raise CommandError("--sizes takes numbers, for example 1000,10000,100000")
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.REQUIRE_SECOND_FACTOR = False
        measured: dict[int, list[Timing]] = {}
        databases = [name for name in options["databases"].split(",") if name]
        for page, name in product(PAGES, databases):  # the same page at nearly the same time, whatever else runs
            _connect_to(name)
            measured.setdefault(_families_here(), []).append(measure(page, options["rounds"]))
        for size in [] if databases else sizes:
            measured[size] = self._with_database_of(size, options["rounds"])
        self._print(measured)

    def _with_database_of(self, size: int, rounds: int) -> list[Timing]:
        ours = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            call_command("demo", families=size, stdout=self.stdout)
            with connection.cursor() as cursor:
                cursor.execute("vacuum analyze")
            return [measure(page, rounds) for page in PAGES]
        finally:
            connection.creation.destroy_test_db(ours, verbosity=0)

    def _print(self, measured: dict[int, list[Timing]]) -> None:
        sizes = sorted(measured)
        columns = ["families", "queries", "ms p50", "SQL p50", "CPU ms", "of SQL"]
        self.stdout.write(f"{'page':<26}{''.join(f'{name:>9}' for name in columns)}{'times':>7}")
        for number, page in enumerate(PAGES):
            first = measured[sizes[0]][number]
            for size in sizes:
                timing = measured[size][number]
                self.stdout.write(
                    f"{page.title:<26}{size:>9,}{timing.queries:>9}{timing.page:>9.1f}{timing.sql:>9.1f}"
                    f"{timing.cpu + timing.server:>9.1f}{timing.server:>9.1f}"
                    f"{(timing.cpu + timing.server) / (first.cpu + first.server):>7.2f}"
                )
        self.stdout.write("CPU: of this process and its Postgres together, a page; times: against the fewest families.")


class Timing(NamedTuple):
    """Milliseconds a page: by the clock (median of the rounds), and of work, which other programs disturb less."""

    queries: int
    page: float
    sql: float
    cpu: float
    server: float


class Stopwatch:
    """Adds up what the statements of one page take."""

    def __init__(self) -> None:
        self.seconds, self.count = 0.0, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.count += 1


def measure(page: Page, rounds: int) -> Timing:
    """Open a page so often, in this process, as the role that serves people."""
    client = Client()
    client.force_login(User.objects.get(email=f"{page.who}@{DOMAIN}"))
    with _as_the_web_does():
        url = _first_record(client, page.parent, page.name) if page.parent else reverse(page.name) + page.query
        _open(client, url)
        pages, watches, worked, served = [], [], time.process_time(), _work_of_server()
        for _round in range(rounds):
            watch = Stopwatch()
            began = time.perf_counter()
            with connection.execute_wrapper(watch):
                _open(client, url)
            pages.append(time.perf_counter() - began)
            watches.append(watch)
        worked, served = time.process_time() - worked, _work_of_server() - served
    return Timing(
        queries=watches[-1].count,
        page=statistics.median(pages) * 1000,
        sql=statistics.median(watch.seconds for watch in watches) * 1000,
        cpu=worked * 1000 / rounds,
        server=served * 1000 / rounds,
    )


def _open(client: Client, url: str) -> None:
    status = client.get(url).status_code
    if status != 200:
        raise CommandError(f"{url} answered {status}")


def _work_of_server() -> float:
    """Seconds that the server's process of this connection has worked; none where it is not on this machine."""
    try:
        facts = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text()
    except OSError:
        return 0.0
    if "(postgres)" not in facts:
        return 0.0
    user, system = facts.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _as_the_web_does() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {RUNTIME_ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset role")


def _connect_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _families_here() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from families_family")
        return int(cursor.fetchone()[0])


def _first_record(client: Client, parent: str, name: str) -> str:
    """The first link on the list page that leads to this kind of page."""
    html = client.get(reverse(parent)).content.decode()
    for href in re.findall(r'href="([^"?#]+)"', html):
        try:
            if resolve(href).view_name == name:
                return href
        except Resolver404:
            continue
    raise CommandError(f"No link to {name} on {parent}")
