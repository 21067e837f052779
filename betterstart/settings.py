"""Settings, read from the environment, with safe defaults (nothing secret and nothing open by default)."""

import json
import os
import sys
from email.utils import parseaddr
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def _supervisor_environment() -> dict[str, str]:
    """What `make run` started and wrote down, so that manage.py in another terminal finds the same servers."""
    path = BASE_DIR / "var" / "env.json"
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


# An environment that names its own database is complete: nothing of a running demo may leak into it.
_ENV = dict(os.environ) if "DATABASE_URL" in os.environ else {**_supervisor_environment(), **os.environ}


def env(name: str, default: str = "") -> str:
    return _ENV.get(name, default)


def env_flag(name: str, *, default: bool) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def env_list(name: str) -> list[str]:
    return [item.strip() for item in env(name).split(",") if item.strip()]


DEBUG = env_flag("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random string (`make run` makes one for a laptop).")
# Old keys, kept while sessions and links signed with them are still about.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
# Keys that seal second-factor secrets, newest first; empty means SECRET_KEY does it.
MFA_KEYS = env_list("MFA_KEYS")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# The demo on a laptop speaks plain http to localhost; everything else must be https.
SECURE = env_flag("SECURE", default=True)
# Off only in the demo, which says so on every page.
REQUIRE_SECOND_FACTOR = env_flag("REQUIRE_SECOND_FACTOR", default=True)
DEMO = env_flag("DEMO", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "betterstart.access",
    "betterstart.audit",
    "betterstart.transitions",
    "betterstart.lexicon",
    "betterstart.places",
    "betterstart.directory",
    "betterstart.charts",
    "betterstart.links",
    "betterstart.reminders",
    "families",
    "volunteers",
    "kindness_metrics",
]

MIDDLEWARE = [
    "betterstart.access.middleware.PageHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "betterstart.access.middleware.SignedInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "betterstart.access.middleware.ActingMiddleware",
    "betterstart.access.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "betterstart.urls"
WSGI_APPLICATION = "betterstart.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "betterstart.access.context.page",
            ],
        },
    },
]
# Forms are drawn by templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# Postgres. Two logins (docs/decisions.md, "Row-level security"): the runtime role owns nothing and sees no row
# until `acting_as` says for whom; the owner migrates and loads data.
_OWNER_COMMANDS = {"migrate", "makemigrations", "demo", "bench", "bench_matching", "flush", "dumpdata", "pgtrigger"}


def _database_url() -> str:
    as_owner = env("DB_AS") == "owner" or (len(sys.argv) > 1 and sys.argv[1] in _OWNER_COMMANDS)
    return env("DATABASE_OWNER_URL") if as_owner and env("DATABASE_OWNER_URL") else env("DATABASE_URL")


DATABASES = {"default": dj_database_url.parse(_database_url() or "postgres://app_rw@127.0.0.1:5432/betterstart")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
if env_flag("DB_POOL", default=False):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 8}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60

REDIS_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# Tasks only sweep rows that are due: their results are those rows, so none is kept in the broker.
CELERY_BROKER_URL = REDIS_URL
# Whoever wakes a sweep early does not make a person wait for a queue that is gone: the sweep comes round anyway.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE = {
    "sessions that are over": {"task": "betterstart.access.tasks.forget_sessions", "schedule": 60 * 60.0},
    "invitations nobody took up": {"task": "betterstart.access.tasks.forget_invitations", "schedule": 60 * 60.0},
    "new passwords": {"task": "betterstart.access.tasks.send_reset_letters", "schedule": 5.0},
    "what must be said": {"task": "betterstart.reminders.tasks.send_messages", "schedule": 5.0},
    "plans that wait": {"task": "volunteers.tasks.sweep_joint_plans", "schedule": 10.0},
    "files that wait": {"task": "families.tasks.sweep_imports", "schedule": 10.0},
    "directories that wait": {"task": "betterstart.directory.tasks.sweep_directories", "schedule": 10.0},
    "referrals not sent": {"task": "families.tasks.forget_referral_drafts", "schedule": 15 * 60.0},
    "applications not sent": {"task": "volunteers.tasks.forget_application_drafts", "schedule": 15 * 60.0},
    "transfers nobody answered": {"task": "families.tasks.close_unanswered_transfers", "schedule": 15 * 60.0},
    "files kept for a day": {"task": "families.tasks.forget_imports", "schedule": 15 * 60.0},
}

# Everything goes to the standard error of its process: whoever runs the process keeps the log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"tokens": {"()": "betterstart.logs.WithoutTokens"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}

# A pasted megabyte, in any script and percent-encoded, reaches its form and is refused there, beside the field.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "betterstart.views.csrf_failure"
PASSWORD_HASHERS = ["betterstart.access.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "display_name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "betterstart.access.passwords.MaximumLength"},
    {"NAME": "betterstart.access.passwords.NotOurName"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Sign-in: by invitation, with an email address.
ACCOUNT_ADAPTER = "betterstart.access.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "betterstart.access.forms.SignInForm",
    "reset_password": "betterstart.access.forms.ResetForm",
    "reauthenticate": "betterstart.access.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = int(env("TRUSTED_PROXY_COUNT", "0"))
MFA_ADAPTER = "betterstart.access.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Every account's address is proved by its invitation; a changed address is proved before it counts.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
USERSESSIONS_TRACK_ACTIVITY = True
# Days after which an invitation that nobody took up is forgotten, name and address with it.
INVITATION_KEPT_DAYS = int(env("INVITATION_KEPT_DAYS", "30"))

# Sessions live in the database: a flushed cache signs nobody out, and ending one ends it at once.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_STAFF = 30 * 60
SESSION_IDLE_VOLUNTEER = 2 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
if SECURE:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Without a mail server, letters are printed where the server runs.
EMAIL_HOST = env("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(env("EMAIL_PORT", "587"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Better Start <no-reply@localhost>")
# Who a message to a family comes from: an address without our name, which others may read on a locked screen.
NEUTRAL_FROM_EMAIL = env("NEUTRAL_FROM_EMAIL") or parseaddr(DEFAULT_FROM_EMAIL)[1]

# Where "leave this page quickly" leads: a page that anybody may look at.
LEAVE_TO = env("LEAVE_TO", "https://www.bbc.co.uk/weather")

LANGUAGE_CODE = "en-gb"
# A page is offered in a language once its words are there: half a page in the wrong language helps nobody. The pages
# of people without an account are translated first.
LANGUAGES = [("en-gb", _("English")), ("ur", _("Urdu")), ("pl", _("Polish"))]
WHOLE_LANGUAGES = ["en-gb"]
FAMILY_LANGUAGES = [
    code
    for code, _name in LANGUAGES
    if code == "en-gb" or (BASE_DIR / "locale" / code / "LC_MESSAGES" / "django.mo").exists()
]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Where the words stand that people without an account read; each of them is translated. "file.py::Name" means only the
# class, function or constant of that name, where the rest of the file speaks to people with an account.
FAMILY_WORDS = [
    "betterstart/access/models.py::ServiceKind",
    "betterstart/charts/ecomap.py",
    "betterstart/clock.py",
    "betterstart/fields.py",
    "betterstart/lexicon/languages.py",
    "families/actions/answer.py::_check,_no_answer_of",
    "families/actions/contact.py::check_contact",
    "families/actions/member.py::ReallyAChild,check_member,_generations,_there_already",
    "families/actions/own_page.py::_letter,choose_code,_guessable",
    "families/actions/referral.py",
    "families/actions/referral_draft.py",
    "families/actions/referrer.py",
    "families/actions/reply.py::say_back,_add,_check_words,_note,_who_answers,_only_one,_goes_on_in",
    "families/forms/contact.py::PostcodeField",
    "families/forms/family.py::language_field,ChildForm,HouseholdForm,ReachForm",
    "families/forms/member.py::BirthField,AsksWhetherAChild",
    "families/forms/own_page.py::CodeForm,ChooseCodeForm,HowForm",
    "families/forms/records.py::in_words",
    "families/forms/referral.py",
    "families/forms/referral_steps.py",
    "families/forms/reply.py::NoteReplyForm,SayForm",
    "families/forms/triage.py::AnswerForm",
    "families/models/answer.py::Answer,What",
    "families/models/around.py::Flag",
    "families/models/circle.py::AlterKind,HelpKind,Strength",
    "families/models/contact.py::Safe",
    "families/models/goal.py::GoalState",
    "families/models/need.py::Heading,USUAL_NEEDS",
    "families/models/plan_action.py::Doer",
    "families/models/referral.py::AgencyType,AgreedHow,FamilyNeed,ReferralQuestion",
    "families/models/reply.py::ReplyKind,RecordPart,ReplyOutcome",
    "families/models/score.py::SCALE,Given,Stage",
    "families/models/visit.py::SupportKind,VisitMode,VisitPurpose",
    "families/models/wording.py::ABOUT,QUESTIONS,REASONS,Purpose",
    "families/reports/answers.py::Line,_part",
    "families/reports/circles.py::_drawn",
    "families/reports/ending.py::keepsake,_special_days,letter_words",
    "families/reports/own_keepsake.py",
    "families/reports/own_page.py",
    "families/reports/review_copy.py",
    "families/reports/review_page.py::three_looks",
    "families/views/own_page*.py",
    "families/views/refer.py",
    "templates/400.html",
    "templates/403*.html",
    "templates/404.html",
    "templates/500.html",
    "templates/base.html",
    "templates/components/*.html",
    "templates/django/forms/**/*.html",
    "templates/errors/*.html",
    "templates/families/_children_fields.html",
    "templates/families/_circle_change.html",
    "templates/families/_circle_tie_row.html",
    "templates/families/_refer_*.html",
    "templates/families/for_the_family.html",
    "templates/families/keepsake.html",
    "templates/families/letter.html",
    "templates/families/letters/*",
    "templates/families/own/*.html",
    "templates/families/plan_copy.html",
    "templates/families/refer.html",
    "templates/families/refer_*.html",
    "templates/families/referral_answer*.html",
    "templates/families/referral_status.html",
    "templates/families/review_copy.html",
    "templates/links/*.html",
    "templates/volunteers/find_sheet.html",
]
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

PGHISTORY_APPEND_ONLY = True
