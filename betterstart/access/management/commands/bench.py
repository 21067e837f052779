from __future__ import annotations

import re
import statistics
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
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
        "Measure the everyday pages on partnerships of growing size: queries, milliseconds a page (median and best), "
        "the part that is SQL, and how the time grows. Each size gets a database of its own, which is "
        "dropped afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", default="1000,10000,100000", help="families, separated by commas")
        parser.add_argument("--rounds", type=int, default=20, help="how often each page is opened")
        parser.add_argument("--here", action="store_true", help="measure the demo that is in the database already")

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = [int(size) for size in options["sizes"].split(",") if size.strip().isdecimal()]
        if not sizes:
            raise CommandError("--sizes takes numbers, for example 1000,10000,100000")
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.REQUIRE_SECOND_FACTOR = False
        measured: dict[int, list[Timing]] = {}
        if options["here"]:
            sizes = [_families_here()]
            measured[sizes[0]] = [measure(page, options["rounds"]) for page in PAGES]
        else:
            for size in sizes:
                measured[size] = self._with_database_of(size, options["rounds"])
        self._print(sizes, measured)

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

    def _print(self, sizes: list[int], measured: dict[int, list[Timing]]) -> None:
        self.stdout.write(
            f"{'page':<26}{'families':>9}{'queries':>9}{'ms p50':>9}{'SQL p50':>9}{'ms best':>9}{'times':>7}"
        )
        for number, page in enumerate(PAGES):
            first = measured[sizes[0]][number]
            for size in sizes:
                timing = measured[size][number]
                self.stdout.write(
                    f"{page.title:<26}{size:>9,}{timing.queries:>9}{timing.page:>9.1f}{timing.sql:>9.1f}"
                    f"{timing.best:>9.1f}{timing.best / first.best:>7.2f}"
                )
        self.stdout.write("times: how much longer the best of a page takes than with the fewest families.")


class Timing:
    """Milliseconds of a page: the median over the rounds, the best (which other work on the machine disturbs least),
    and the median of its SQL. And how many statements it took."""

    def __init__(self, pages: list[float], watches: list[Stopwatch]) -> None:
        self.page = statistics.median(pages) * 1000
        self.best = min(pages) * 1000
        self.sql = statistics.median(watch.seconds for watch in watches) * 1000
        self.queries = watches[-1].count


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
        pages, watches = [], []
        for _round in range(rounds + 1):  # the first warms up
            watch = Stopwatch()
            began = time.perf_counter()
            with connection.execute_wrapper(watch):
                status = client.get(url).status_code
            pages.append(time.perf_counter() - began)
            watches.append(watch)
            if status != 200:
                raise CommandError(f"{url} answered {status}")
    return Timing(pages[1:], watches[1:])


@contextmanager
def _as_the_web_does() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"set role {RUNTIME_ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset role")


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
