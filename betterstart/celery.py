import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured

from betterstart.checks import refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "betterstart.settings")
app = Celery("betterstart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**kwargs: Any) -> None:
    """Celery only logs what a signal handler raises, except an exit."""
    try:
        refuse_unsafe_role()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error
