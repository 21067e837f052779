from __future__ import annotations

from celery import shared_task

from betterstart.access.acting import Scope, acting_as
from families.actions.referral_draft import forget_old_drafts
from families.actions.transfer import lapse_transfers
from families.imports.running import forget_import
from families.imports.saving import claim_next, work_on
from families.models import ImportRun


@shared_task(soft_time_limit=30 * 60, time_limit=31 * 60)
def sweep_imports() -> None:
    """Check and save the files that wait, one after the other. Waking it twice does no harm."""
    while run := claim_next():
        work_on(run)


@shared_task
def forget_imports() -> None:
    """Remove files that were kept for a day, with everything that was read from them."""
    with acting_as(Scope.ALL, None):
        for run in ImportRun.objects.expired():
            forget_import(run=run)


@shared_task
def forget_referral_drafts() -> None:
    """Remove what somebody without an account began to write and did not send."""
    forget_old_drafts()


@shared_task
def close_unanswered_transfers() -> None:
    """The last day to answer has passed: the service that asked hears it on Today and goes on."""
    with acting_as(Scope.ALL, None):
        lapse_transfers()
