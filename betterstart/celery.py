import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "betterstart.settings")
app = Celery("betterstart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
