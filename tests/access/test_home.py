from __future__ import annotations

from django.urls import reverse


def test_stranger_is_sent_to_sign_in_and_back_to_the_same_page(client, db):
    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=/"


def test_person_without_a_role_reads_a_kind_word(cast, as_user):
    response = as_user(cast.nobody).get("/")

    assert response.status_code == 200
    assert "you have no role here at the moment" in response.content.decode()


def test_health_says_only_that_it_is_well(client, db):
    response = client.get("/health/")

    assert response.json() == {"ok": True}


def test_absent_page_is_not_found_with_our_page(cast, as_user):
    response = as_user(cast.nobody).get("/nothing/here/")

    assert response.status_code == 404
    assert "We cannot find this page" in response.content.decode()
