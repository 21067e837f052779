"""The platform. The queue is set up with it, so that whoever wakes a sweep finds the right broker."""

from betterstart.celery import app as celery_app

__all__ = ["celery_app"]
