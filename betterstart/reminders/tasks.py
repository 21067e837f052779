from __future__ import annotations

from celery import shared_task

from betterstart.reminders import actions


@shared_task
def send_messages() -> None:
    """Send what is due. Harmless when run twice or at the same time."""
    actions.send_due()
