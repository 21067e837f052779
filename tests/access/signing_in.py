"""Ways in for tests: through the pages a person would use, or straight to a session in a certain state."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from betterstart.access.models import User
from tests.factories import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client: Client, person: User | str, password: str = PASSWORD, **extra: Any) -> HttpResponse:
    """Email and password into the sign-in page."""
    email = person if isinstance(person, str) else person.email
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def prove(client: Client, seconds_ago: float = 0) -> None:
    """As if the person had just typed the password once more."""
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def give_app(person: User) -> Authenticator:
    """An authenticator app with a known secret."""
    return TOTP.activate(person, SECRET).instance


def code_now(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
