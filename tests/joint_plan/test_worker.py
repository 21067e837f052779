"""The worker on a connection of its own, with committed rows."""

import pytest

from tests.conftest import make_cast
from tests.e2e.conftest import _django_db_helper  # noqa: F401  committed rows, emptied in our own way
from tests.joint_plan.waiting import proposed, ready, waits
from volunteers import tasks
from volunteers.actions.joint_plan import PlanTakenAway, ask_plan, cancel_plan, claim_next, telling
from volunteers.models import JointPlan, JointPlanPair, PlanPhase

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_sweep_works_out_what_was_asked_for_and_what_was_stopped_half_way_keeps_nothing(monkeypatch, caplog):
    cast = make_cast()
    waits(cast, "Dara")
    ready(cast, "Rosa")
    plan = ask_plan(by=cast.coordinator, service=cast.home)

    with telling(running := claim_next()) as tell:
        tell(PlanPhase.SOLVING, 60)
        plan.refresh_from_db()
        assert (plan.phase, plan.percent, plan.state) == ("solving", 60, "running")
        cancel_plan(by=cast.coordinator, plan=plan)
        with pytest.raises(PlanTakenAway):
            tell(PlanPhase.KEEPING, 80)
    tasks.work_out(running)
    assert (JointPlan.objects.get().state, JointPlanPair.objects.count()) == ("cancelled", 0)

    again = ask_plan(by=cast.coordinator, service=cast.home)
    tasks.sweep_joint_plans()
    tasks.sweep_joint_plans()

    again.refresh_from_db()
    assert (again.state, again.percent) == ("done", 100)
    assert proposed(again)["Dara"] in ("Rosa", "Vera Volunteer", "Wilf Othervolunteer")

    broken = ask_plan(by=cast.coordinator, service=cast.home)

    def fault(*args):
        raise ZeroDivisionError("Dara")

    monkeypatch.setattr(tasks, "make_plan", fault)
    tasks.sweep_joint_plans()

    broken.refresh_from_db()
    assert broken.state == "failed"
    assert "ZeroDivisionError" in caplog.text
    assert "Dara" not in caplog.text
    assert proposed(again), "what was found before is still there"
