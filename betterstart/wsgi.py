import os

from django.core.wsgi import get_wsgi_application

from betterstart.checks import refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "betterstart.settings")
application = get_wsgi_application()
refuse_unsafe_role()
