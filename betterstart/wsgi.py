import os

from django.core.wsgi import get_wsgi_application

from betterstart import celery
from betterstart.checks import refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "betterstart.settings")
application = get_wsgi_application()
celery.app.set_default()  # a page that wakes a sweep early finds the right broker
refuse_unsafe_role()
