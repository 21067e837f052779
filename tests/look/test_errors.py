"""When something goes wrong: what happened, what was kept, what to do."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousOperation
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from betterstart import views


def test_missing_page_for_a_stranger_says_what_to_do_and_leads_to_the_door(client, db):
    answer = client.get("/nothing-here/")

    assert answer.status_code == 404
    assert b"What was kept" in answer.content
    assert b"What you can do" in answer.content
    assert b"Go to the sign-in page" in answer.content
    assert b"End safely" not in answer.content


def test_missing_page_for_somebody_signed_in_leads_home_and_lets_them_end(as_user, cast):
    answer = as_user(cast.administrator).get("/nothing-here/")

    assert answer.status_code == 404
    assert b"Go to your first page" in answer.content
    assert b"End safely" in answer.content


def test_absent_and_forbidden_record_are_the_same_bytes(as_user, cast):
    browser = as_user(cast.administrator)
    absent = browser.get("/people/99999999/")
    forbidden = browser.get(f"/people/{cast.other_coordinator.pk}/")

    assert absent.status_code == forbidden.status_code == 404
    assert absent.content == forbidden.content


def test_page_outside_the_role_says_whom_to_ask(as_user, cast):
    answer = as_user(cast.volunteer).get("/people/")

    assert answer.status_code == 403
    assert b"ask your administrator" in answer.content


def test_form_without_its_token_is_refused_and_says_what_happened_to_the_words(db):
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a@example.org", "password": "x"})

    assert answer.status_code == 403
    assert b"This form was open too long" in answer.content
    assert b"It was not sent" in answer.content


def test_unreadable_request_says_that_nothing_changed(db):
    answer = views.bad_request(RequestFactory().get("/"), SuspiciousOperation("odd"))

    assert answer.status_code == 400
    assert b"Nothing was changed" in answer.content


def test_fault_of_ours_is_shown_without_a_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = views.server_error(RequestFactory().get("/"))

    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"What was kept" in answer.content


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_error_page_carries_no_token_and_no_address(name, rf, db):
    request = rf.get("/families/123/secret-words/")
    page = render_to_string(f"{name}.html", {}, request=request)

    assert "csrf" not in page.lower()
    assert "secret-words" not in page
