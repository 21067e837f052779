"""What an adult says on their own page when it closed meanwhile."""

from django.test import Client

from tests.families.own import CODE


def test_whose_page_is_not_open_has_their_words_to_copy(db):
    answer = Client().post(CODE, {"words": "Nie <b>tak</b>."})

    assert answer.status_code == 410
    assert "Nie &lt;b&gt;tak&lt;/b&gt;." in answer.content.decode()
