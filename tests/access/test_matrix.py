"""Every page of ours, for everybody: who gets it, who is refused, and that other people's things do not exist.

`PAGES` is the whole list. A page missing from it fails, so nobody adds one without saying whom it is for.
"""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from betterstart.access.permissions import Permission
from tests.access.matrix_cast import CANARY, CANARY_POSTCODE, add_rows, session_of
from tests.access.matrix_pages import PAGES
from tests.access.page import EVERYBODY, OPEN
from tests.conftest import make_cast
from tests.laid_out import laid_out
from tests.project.test_house_rules import first_party_patterns

ANSWERS = {200, 204, 302, 400, 405, 409, 422}
# Only there while debugging.
DEBUG_ONLY = {"style"}


def make_everything() -> SimpleNamespace:
    cast = make_cast()
    add_rows(cast)
    cast.sessions = {who: session_of(getattr(cast, who)) for who in EVERYBODY}
    return cast


@pytest.fixture
def everything(db, settings):
    """The cast with one row of everything that has a page, and a session of each of them."""
    settings.REQUIRE_SECOND_FACTOR = False
    return laid_out(make_everything)


def test_every_page_is_in_the_matrix_and_the_matrix_knows_no_other():
    names = {name for name, _pattern in first_party_patterns()} - DEBUG_ONLY

    assert names == set(PAGES)


def expected_refusal(person: Any, permission: str) -> int:
    """404 where the page is one of theirs but the record is not; 403 where the page is not for them."""
    known = {rule.value for rule in Permission}
    return 403 if permission in known and not person.may(Permission(permission)) else 404


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_for_those_it_is_for_and_for_nobody_else(everything, client, name):
    rules = {found: pattern.callback.access_rule for found, pattern in first_party_patterns()}
    page = PAGES[name]
    visits = [(page.args, page.allowed)] + ([(page.far, page.far_allowed)] if page.far else [])
    problems = []
    for args, allowed in visits:
        url = reverse(name, kwargs=args(everything))
        for method, who in product(("get", "post"), sorted(OPEN)):
            answer = ask(client, method, url, everything.sessions.get(who))
            problem = judge(who, who in allowed, answer, everything, rules[name])
            problem = problem or reads_what_is_hidden(answer) or says_nothing_of_danger(answer, everything)
            if page.by_link:
                problem = "" if answer.status_code in {404, 405} else f"opens without a link: {answer.status_code}"
            if problem:
                problems.append(f"{method} {url} as {who}: {problem}")

    assert not problems


WARNING = "Never contact"


def reads_what_is_hidden(answer: Any) -> str:
    """The hidden addresses of the matrix are nobody's to read: not on a page, in a file, a redirect or a form."""
    said = f"{answer.headers} {b''.join(answer) if answer.streaming else answer.content!r}"
    return "shows a hidden address" if CANARY in said or CANARY_POSTCODE in said else ""


def says_nothing_of_danger(answer: Any, cast: SimpleNamespace) -> str:
    """Every whole page about a family begins with what must not be done."""
    if answer.status_code != 200 or answer.streaming or b"<html" not in answer.content:
        return ""
    about = answer.resolver_match.kwargs.get("reference") in {cast.family.reference, cast.far_family.reference}
    return "does not say what must not be done" if about and WARNING not in answer.content.decode() else ""


def ask(client: Client, method: str, url: str, session: str | None) -> Any:
    """The answer to one person, with everything as it was afterwards."""
    client.cookies.clear()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    with transaction.atomic():
        answer = getattr(client, method)(url)
        transaction.set_rollback(True)
    return answer


def judge(who: str, allowed: bool, answer: Any, cast: SimpleNamespace, rule: str) -> str:
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/account/login/")
    if allowed:
        fine = answer.status_code in ANSWERS and not to_sign_in
        return "" if fine else f"should be let in, got {answer.status_code}"
    if who == "anonymous":
        return (
            "" if to_sign_in or answer.status_code == 405 else f"should be asked to sign in, got {answer.status_code}"
        )
    wanted = expected_refusal(getattr(cast, who), rule)
    return "" if answer.status_code in {wanted, 405} else f"should get {wanted}, got {answer.status_code}"
