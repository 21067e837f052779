from __future__ import annotations

from celery import shared_task

from betterstart.access import actions


@shared_task
def forget_sessions() -> None:
    """Once an hour: what is over leaves no trace of devices behind."""
    actions.forget_sessions()


@shared_task
def forget_invitations() -> None:
    """Once an hour: who was invited and never came is forgotten after a while."""
    actions.forget_invitations()


@shared_task
def send_reset_letters() -> None:
    """Answer those who asked for a new password since the last time."""
    actions.send_reset_letters()
