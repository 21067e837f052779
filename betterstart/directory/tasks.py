from __future__ import annotations

from celery import shared_task

from betterstart.directory.imports.running import claim_next, work_on


@shared_task(soft_time_limit=30 * 60, time_limit=31 * 60)
def sweep_directories() -> None:
    """Read and save the directories that wait, one after the other. Waking it twice does no harm."""
    while run := claim_next():
        work_on(run)
