from __future__ import annotations

import math
import re
import statistics
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from betterstart.access.demo import DOMAIN
from betterstart.access.models import User

# What each kind of person opens all day: who, page, and (for one record) the list its address is read from.
PAGES = [
    ("coordinator", "families:today", ""),
    ("coordinator", "families:list", ""),
    ("coordinator", "families:family", "families:list"),
    ("volunteer", "volunteers:my-visits", ""),
    ("manager", "kindness_metrics:two-languages", ""),
]


class Command(BaseCommand):
    help = (
        "Measure the everyday pages on partnerships of growing size: milliseconds a page (median), queries, the part "
        "that is SQL, and how the time grows. Each size gets a database of its own, which is dropped afterwards."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", default="150,1500,15000", help="families, separated by commas")
        parser.add_argument("--rounds", type=int, default=20, help="how often each page is opened")

    def handle(self, *args: Any, **options: Any) -> None:
        sizes = [int(size) for size in options["sizes"].split(",") if size.strip().isdecimal()]
        if not sizes:
            raise CommandError("--sizes takes numbers, for example 150,1500,15000")
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.REQUIRE_SECOND_FACTOR = False
        measured: dict[str, dict[int, Timing]] = {name: {} for _who, name, _parent in PAGES}
        for size in sizes:
            ours = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                call_command("demo", families=size, stdout=self.stdout)
                with connection.cursor() as cursor:
                    cursor.execute("analyze")
                for who, name, parent in PAGES:
                    measured[name][size] = measure(who, name, parent, options["rounds"])
            finally:
                connection.creation.destroy_test_db(ours, verbosity=0)
        self._print(sizes, measured)

    def _print(self, sizes: list[int], measured: dict[str, dict[int, Timing]]) -> None:
        self.stdout.write(f"{'page':<34}{'families':>10}{'ms p50':>9}{'SQL ms':>9}{'page/SQL':>10}{'queries':>9}")
        for name, by_size in measured.items():
            for size in sizes:
                timing = by_size[size]
                self.stdout.write(
                    f"{name:<34}{size:>10}{timing.page:>9.1f}{timing.sql:>9.1f}"
                    f"{timing.page / timing.sql:>10.1f}{timing.queries:>9}"
                )
            if len(sizes) > 1:
                growth = math.log(by_size[sizes[-1]].page / by_size[sizes[0]].page) / math.log(sizes[-1] / sizes[0])
                self.stdout.write(f"{'':<34}growth exponent {growth:.2f} (0 is constant, 1 is linear)")


class Timing:
    """Medians over the rounds: milliseconds for the page and for its SQL, and the number of statements."""

    def __init__(self, pages: list[float], sql: list[float], queries: int) -> None:
        self.page = statistics.median(pages) * 1000
        self.sql = max(statistics.median(sql) * 1000, 0.01)
        self.queries = queries


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


def measure(who: str, name: str, parent: str, rounds: int) -> Timing:
    client = Client()
    client.force_login(User.objects.get(email=f"{who}@{DOMAIN}"))
    url = _first_record(client, parent, name) if parent else reverse(name)
    pages, statements, count = [], [], 0
    for _round in range(rounds + 1):  # the first warms up
        watch = Stopwatch()
        began = time.perf_counter()
        with connection.execute_wrapper(watch):
            status = client.get(url).status_code
        pages.append(time.perf_counter() - began)
        statements.append(watch.seconds)
        count = watch.count
        if status != 200:
            raise CommandError(f"{url} answered {status}")
    return Timing(pages[1:], statements[1:], count)


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
