from __future__ import annotations

import logging

from celery import shared_task

from volunteers.actions.application import forget_old_applications
from volunteers.actions.joint_plan import PlanTakenAway, claim_next, fail_plan, keep_plan, telling
from volunteers.models import JointPlan
from volunteers.reports.joint_plan.making import make_plan

logger = logging.getLogger(__name__)


@shared_task(soft_time_limit=5 * 60, time_limit=6 * 60)
def sweep_joint_plans() -> None:
    """Work out the plans that wait, one after the other. Waking it twice does no harm."""
    while plan := claim_next():
        work_out(plan)


def work_out(plan: JointPlan) -> None:
    """Find a claimed plan and keep it, or write down that it did not work. Of a stopped one nothing is kept."""
    try:
        with telling(plan) as tell:
            keep_plan(plan=plan, outcome=make_plan(plan.asked_by, plan.service, tell))
    except PlanTakenAway:
        logger.info("joint plan %s was stopped or taken over; nothing was kept", plan.uuid)
    except Exception as error:
        # What was being read is people's data and stays out of the log.
        logger.error("joint plan %s failed: %s", plan.uuid, type(error).__name__)
        fail_plan(plan=plan)


@shared_task
def forget_application_drafts() -> None:
    """Remove what somebody without an account began to write and did not send."""
    forget_old_applications()
