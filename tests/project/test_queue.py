from __future__ import annotations

import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

MOST_SECONDS = 3


def test_waking_a_sweep_gives_up_at_once_when_the_queue_is_gone():
    app = Celery(set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_url = "redis://127.0.0.1:1/0"

    began = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("families.tasks.sweep_imports", retry=False)

    assert time.monotonic() - began < MOST_SECONDS
