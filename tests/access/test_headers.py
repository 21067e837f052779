"""Headers of every answer, and settings that must not drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRINT_SETTINGS = """
import json, django
django.setup()
from django.conf import settings
names = [
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_PATH",
    "SESSION_COOKIE_DOMAIN", "SESSION_ENGINE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_SSL_REDIRECT", "DEBUG", "REQUIRE_SECOND_FACTOR",
]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as production would start: nothing set but what is given."""
    kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "DATABASE_OWNER_URL") if name in os.environ}
    given = {"SECRET_KEY": "k" * 25 + "0123456789abcdefghijklmnopqrstuv", "ALLOWED_HOSTS": "example.org"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "betterstart.settings", **given, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_production_settings_are_safe_when_nothing_is_said():
    found = json.loads(run("-c", PRINT_SETTINGS).stdout)

    assert found == {
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SECURE_HSTS_SECONDS": 31536000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_SSL_REDIRECT": True,
        "DEBUG": False,
        "REQUIRE_SECOND_FACTOR": True,
    }


def test_without_a_secret_key_nothing_starts():
    found = run("-c", PRINT_SETTINGS, SECRET_KEY="")

    assert found.returncode != 0
    assert "Set SECRET_KEY" in found.stderr


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/account/login/", 200),
        ("/", 302),
        ("/health/", 200),
        ("/invitation/nothing/", 404),
        ("/nothing/", 404),
        ("/people/1/sign-out/", 405),
    ],
)
def test_every_answer_to_a_stranger_carries_the_headers(db, client, path, status):
    response = client.get(path)

    assert response.status_code == status
    check_headers(response)


def check_headers(response) -> None:
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_refusals_and_failures_carry_the_headers_too(cast, as_user, client, monkeypatch):
    client = as_user(cast.volunteer)
    check_headers(client.get("/people/"))
    check_headers(client.post("/people/"))

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("betterstart.access.views.account.sessions_of", fail)
    client.raise_request_exception = False
    response = client.get("/me/")
    assert response.status_code == 500
    check_headers(response)


def test_forged_token_is_refused_with_our_page_and_the_headers(cast, settings):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.volunteer)

    response = client.post("/me/", {"display_name": "Mallory"}, headers={"Origin": "null"})

    assert response.status_code == 403
    check_headers(response)
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.display_name == "Vera Volunteer"


def test_strangers_host_is_a_bad_request(db, client):
    response = client.get("/account/login/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace", "options"])
def test_pages_of_people_answer_no_unusual_method(cast, as_user, method):
    response = getattr(as_user(cast.administrator), method)("/people/")

    assert response.status_code == 405


def test_looking_at_every_page_changes_nothing_but_who_looked(cast, as_user):
    from django.db import connection

    tables = ["access_user", "access_membership", "access_invitation", "access_service", "access_organisation"]

    def sums() -> list[str]:
        with connection.cursor() as cursor:
            found = []
            for table in tables:
                cursor.execute(f"select md5(string_agg(t::text, '' order by id)) from {table} t")  # noqa: S608
                found.append(cursor.fetchone()[0])
            return found

    client = as_user(cast.administrator)
    before = sums()
    person, service = cast.volunteer.pk, cast.home.pk
    for page in ["people/", "people/invite/", f"people/{person}/", f"people/{person}/end-access/", "services/"]:
        client.get(f"/{page}")
    for page in [f"services/{service}/", f"organisations/{cast.here.pk}/", "me/", "audit/", "audit/?show=looked"]:
        client.get(f"/{page}")

    assert sums() == before
