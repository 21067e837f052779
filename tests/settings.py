"""Tests connect as the owner: factories see everything, pages run through the middleware as the runtime roles."""

import os

os.environ.setdefault("DB_AS", "owner")
os.environ["SECURE"] = "0"  # the test client speaks http; tests/access/test_settings.py looks at the other way
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests")

from betterstart.translations import compile_catalogues

compile_catalogues()

from betterstart.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Found when asked for: otherwise every test client looks through all static files as it starts.
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  (a server thread of a browser test keeps no connection)
# The structure for languages is tested also for those whose words are still to come, right-to-left among them.
WHOLE_LANGUAGES = FAMILY_LANGUAGES = ["en-gb", "ur", "pl"]
# Whoever wakes a worker wakes nobody: tests do the work themselves.
CELERY_BROKER_URL = "memory://"
