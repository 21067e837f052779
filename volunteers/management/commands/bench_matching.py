from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from volunteers.actions.joint_plan import ask_plan, claim_next, keep_plan, telling
from volunteers.demo import crowd
from volunteers.models import JointPlan, PlanPhase
from volunteers.reports.joint_plan.making import make_plan

RUNTIME_ROLE = "app_rw"
STEPS = ("read", "compare", "solve", "keep", "page", "whole", "CPU")
COLUMNS = ["families", "could start", "pairs", *STEPS, "MB"]


class Command(BaseCommand):
    """Print a row for each size: seconds of each step from the rows to the first page, and the peak of memory."""

    help = (
        "Measure the joint plan end to end with as many ready volunteers as waiting families: reading both sides from "
        "the database, comparing them by the rules, the solver alone, keeping the plan, and its first page. Each size "
        "gets a database of its own, which is dropped afterwards, and a process of its own, whose memory is told."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sizes", default="1000,5000,10000", help="families, and volunteers, by commas")
        parser.add_argument("--rounds", type=int, default=1, help="how often each is worked out; the quickest is told")
        parser.add_argument("--measure", default="", help="measure what is in this database, and print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["measure"]:
            self.stdout.write(json.dumps(measure(options["measure"], options["rounds"])))
            return
        sizes = [int(size) for size in options["sizes"].split(",") if size.strip().isdecimal()]
        if not sizes:
            raise CommandError("--sizes takes numbers, for example 1000,5000,10000")
        self.stdout.write("".join(f"{name:>12}" for name in COLUMNS))
        for size in sizes:
            row = self._with_database_of(size, options["rounds"])
            self.stdout.write("".join(f"{row[name]:>12,{'.2f' if name in STEPS else ''}}" for name in COLUMNS))
        self.stdout.write("Steps in seconds by the clock; CPU and MB: work and most memory of the one process.")

    def _with_database_of(self, size: int, rounds: int) -> dict[str, Any]:
        ours = connection.settings_dict["NAME"]
        name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            crowd.build(size)
            with connection.cursor() as cursor:
                cursor.execute("vacuum analyze")
            command = [sys.executable, sys.argv[0], "bench_matching", "--measure", name, "--rounds", str(rounds)]
            answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  (ourselves)
            return json.loads(answer.stdout)
        finally:
            connection.creation.destroy_test_db(ours, verbosity=0)


def measure(database: str, rounds: int) -> dict[str, Any]:
    """Work the plan of the one service there is out, and open its first page, as the roles of worker and web do."""
    connection.close()
    connection.settings_dict["NAME"] = database
    settings.ALLOWED_HOSTS, settings.REQUIRE_SECOND_FACTOR = ["testserver"], False
    with connection.cursor() as cursor:
        cursor.execute(f"set role {RUNTIME_ROLE}")
    best = min((_work_out() for _round in range(max(1, rounds))), key=lambda each: each["whole"])
    return best | {"MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _work_out() -> dict[str, Any]:
    user = User.objects.get(email="crowd@demo.example")
    with acting_as(Scope.SCOPED, user.pk):
        ask_plan(by=user, service=Service.objects.coordinated_by(user).get())
    reached, worked = {"asked": time.perf_counter()}, time.process_time()
    plan = claim_next()
    if plan is None:
        raise CommandError("There is no plan to work out.")
    with telling(plan) as tell:

        def told(phase: PlanPhase, percent: int) -> None:
            reached.setdefault(phase, time.perf_counter())
            tell(phase, percent)

        outcome = make_plan(plan.asked_by, plan.service, told)
        keep_plan(plan=plan, outcome=outcome)
    reached["kept"] = time.perf_counter()
    _open_first_page(user, plan)
    reached["shown"], worked = time.perf_counter(), time.process_time() - worked

    def between(first: str, then: str) -> float:
        return reached[then] - reached[first]

    return {
        "families": plan.waiting,
        "could start": plan.could_start,
        "pairs": outcome.possible,
        "read": between("asked", PlanPhase.COMPARING),
        "compare": between(PlanPhase.COMPARING, PlanPhase.SOLVING),
        "solve": between(PlanPhase.SOLVING, PlanPhase.KEEPING),
        "keep": between(PlanPhase.KEEPING, "kept"),
        "page": between("kept", "shown"),
        "whole": between("asked", "shown"),
        "CPU": worked,
    }


def _open_first_page(user: User, plan: JointPlan) -> None:
    client = Client()
    client.force_login(user)
    status = client.get(reverse("volunteers:joint-plan", args=[plan.uuid]), secure=True).status_code
    if status != 200:
        raise CommandError(f"The page of the plan answered {status}")
