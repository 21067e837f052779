"""How tests ask for support without an account: what is typed in each step of the public forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse

from betterstart.access.models import Service
from betterstart.clock import london_today

NO_CHILD = {"child-TOTAL_FORMS": "0", "child-INITIAL_FORMS": "0"}
ONE_CHILD = {
    "child-TOTAL_FORMS": "1",
    "child-INITIAL_FORMS": "0",
    "child-0-display_name": "Zain",
    "child-0-born": "4/8/2025",
}


def professional(service: Service) -> dict[str, dict[str, Any]]:
    return {
        "you": {
            "service": service.pk,
            "referrer_name": "Rosa Referrer",
            "referrer_role": "Health visitor",
            "referrer_agency": "Health visiting, East",
            "agency_type": "health_visitor",
            "referrer_email": "rosa@example.org",
        },
        "family": {"carer_name": "Amina Begum", **ONE_CHILD, "language": "ur"},
        "contact": {"phone": "07700 900123", "phone_safe": "yes", "email_safe": "unknown", "postcode": "bd72aa"},
        "why": {
            "reason": "She is alone a lot.",
            "needs": ["isolation"],
            "flags": ["lone_parent"],
            "words_language": "en",
        },
        "agreement": {"agreed_how": "phone", "agreed_on": london_today().isoformat(), "family_agreed": "on"},
    }


def myself(service: Service) -> dict[str, dict[str, Any]]:
    return {
        "you": {"service": service.pk, "carer_name": "امینہ", "language": "ur"},
        "children": dict(ONE_CHILD),
        "contact": {"phone": "07700 900123", "phone_safe": "yes", "email": "amina@example.org", "email_safe": "no"},
        "wish": {"family_words": "کوئی بات کرنے والا", "words_language": "ur"},
    }


def step_url(kind: str, slug: str) -> str:
    return reverse("families:refer-step", args=[kind, slug])


def fill_in(client: Client, kind: str, steps: dict[str, dict[str, Any]]) -> Any:
    """Each step in its turn; gives the answer to the last one."""
    answer: Any = None
    for slug, fields in steps.items():
        answer = client.post(step_url(kind, slug), {"go": "next", **fields})
        assert answer.status_code == 302, answer.context["form"].errors
    return answer


def send(client: Client, kind: str, **fields: Any) -> Any:
    return client.post(reverse("families:refer-review", args=[kind]), fields)


def days_ago(days: int) -> str:
    return (london_today() - dt.timedelta(days=days)).isoformat()
