"""What a message to a family could show on a locked screen: in every language, of every letter, for every answer."""

from __future__ import annotations

import ast
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from families.actions.own_page import _letter as own_page_letter
from families.actions.referrer import letter, outcome_words
from families.models import Referral
from families.models.referral import DECIDED_STATES, NotAcceptedReason, ReferralState
from families.models.safe_contact import names_in

# What such a letter could name: us, the child, where they live, and why they know us.
UNSAID = [
    "Better Start", "Home visiting", "Bowling Families", "Zayn", "1 High Street", "BD7 2AA", "Amina",
    "visit", "volunteer", "refuge", "safeguarding", "children's services",
]  # fmt: skip
LINK = "https://example.org/link/abc/"
APPS = ("betterstart", "families", "volunteers", "kindness_metrics")


def referrals() -> list[Referral]:
    """One in each state that is told, and one for each reason not to accept."""
    states = [(state, "") for state in DECIDED_STATES if state != ReferralState.NOT_ACCEPTED]
    states += [(ReferralState.NOT_ACCEPTED, reason) for reason in NotAcceptedReason.values]
    named = {"reference": "BCDFGHJ", "reason": "Amina is alone with Zayn.", "is_self_referral": True}
    people = {"people": [{"display_name": "Amina"}, {"display_name": "Zayn"}], "address": {"lines": "1 High Street"}}
    return [Referral(state=state, decision_reason=why, household=people, **named) for state, why in states]


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_no_letter_names_us_a_child_or_a_home_in_any_language(language):
    facts = {"link": LINK, "answer_link": LINK, "sent_on": "Tuesday 4 August", "answer_by": "Friday 7 August"}
    with translation.override(language):
        written = [letter(name, referral=referrals()[0], **facts) for name in ("received", "question", "return")]
        written += [letter("outcome", referral=row, outcome=outcome_words(row), **facts) for row in referrals()]
        written += own_page_letter(LINK)
    found = {words: names_in(words, UNSAID) for words in written}
    assert [hits for hits in found.items() if hits[1]] == []
    assert len(written) >= 15


def test_letters_that_are_looked_at_are_all_there_are():
    folder = Path(settings.BASE_DIR) / "templates/families/letters"

    assert {path.stem for path in folder.iterdir()} == {"received", "question", "outcome", "return"}


def test_sender_of_messages_to_families_has_no_name():
    assert parseaddr(settings.NEUTRAL_FROM_EMAIL)[0] == ""


def test_everything_that_is_said_names_the_person_or_says_that_it_is_for_somebody_else():
    """`say` without either would keep the message back for good; this finds it before it is written."""
    calls = []
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "from betterstart.reminders.actions import say" not in (source := path.read_text()):
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                    calls.append((path.name, {keyword.arg for keyword in node.keywords}))
    assert len(calls) >= 4
    assert [call for call in calls if not call[1] & {"audience", "person_id"}] == []
