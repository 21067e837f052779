from __future__ import annotations

import datetime as dt
import random
import time
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from betterstart.access.demo import World, logins
from betterstart.access.models import Organisation
from betterstart.clock import london_today

BASE_FAMILIES = 150


class Command(BaseCommand):
    help = (
        "Build the demonstration partnership once: made-up people, about 150 families, a year of visits. "
        "With --families N (up to a million) it is repeated, with other names, until there are at least N families."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--families", type=int, default=BASE_FAMILIES, help="how many families at least")
        parser.add_argument("--today", type=dt.date.fromisoformat, help="build as if today were this day")
        parser.add_argument(
            "--logins", action="store_true", help="only print one login per role, and a way to a parent's page"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            self._print_logins()
            return
        wanted = options["families"]
        if not 1 <= wanted <= 1_000_000:
            raise CommandError("--families takes a number from 1 to 1,000,000")
        if Organisation.objects.exists():
            self.stdout.write("The partnership already has data: nothing was added.")
            return
        began = time.monotonic()
        with transaction.atomic():
            world = World(
                today=options["today"] or london_today(),
                rng=random.Random(20260401),
                families=min(wanted, BASE_FAMILIES),
            )
            modules = self._demo_modules()
            for module in modules:
                module.build(world)
            if wanted > BASE_FAMILIES:
                import_module("families.demo.copies").copy_partnership(wanted, BASE_FAMILIES)
            for module in modules:
                getattr(module, "finish", _nothing)(world)
        self.stdout.write(f"Built a partnership of {wanted} families in {time.monotonic() - began:.1f} seconds.")

    def _demo_modules(self) -> list[Any]:
        """Each app brings its own part; the order of INSTALLED_APPS is bottom to top."""
        names = [f"{config.name}.demo" for config in apps.get_app_configs()]
        return [import_module(name) for name in names if _is_ours(name) and find_spec(name)]

    def _print_logins(self) -> None:
        ways = [way for module in self._demo_modules() for way in getattr(module, "ways_in", list)()]
        for who, where, secret in [*logins(), *ways]:
            self.stdout.write(f"{who:<20} {where:<28} {secret}")


def _nothing(world: World) -> None:
    """Most apps have done all there is to do before the partnership is copied."""


def _is_ours(name: str) -> bool:
    return name.startswith(("betterstart.", "families.", "volunteers.", "stories.", "kindness_metrics."))
