"""Claims in each state and thanks, here and far away, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests import factories
from tests.volunteers import spending
from volunteers.models import ClaimQuestion, ExpenseClaim, ExpenseLine, MilesElsewhere, PayRun, Receipt, Thanks

MODELS = [ExpenseClaim, ExpenseLine, ClaimQuestion, Receipt, MilesElsewhere, PayRun, Thanks]
Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_money(cast: SimpleNamespace) -> None:
    """For Vera and for a volunteer of the other organisation, who has no session of her own."""
    far_row = factories.volunteer(factories.user("Freya Far", "volunteer", cast.far), cast.elsewhere)
    for name, row, by in (("", cast.volunteer_row, cast.coordinator), ("far_", far_row, cast.other_coordinator)):
        for state in ("draft", "submitted", "queried", "approved", "paid"):
            setattr(cast, f"{name}claim_{state}", spending.claim(row, state, by=by))
        claim = getattr(cast, f"{name}claim_queried")
        claim.questions.create(words="Both ways?", asked_by=by)
        setattr(cast, f"{name}thanks", spending.thanks(row, by))


def add_money_of_all(cast: SimpleNamespace) -> None:
    """The same, with a coordinator and a manager who volunteer themselves, and what was told of miles."""
    add_money(cast)
    own = [factories.volunteer(person, cast.here) for person in (cast.coordinator, cast.manager)]
    for row in own:
        for state in ("draft", "submitted", "approved"):
            spending.claim(row, state, by=cast.lead)
        spending.thanks(row, cast.volunteer)
    for row in (*own, cast.volunteer_row, cast.other_volunteer_row):
        MilesElsewhere.objects.create(volunteer=row, tax_year=2026, miles=12)
    spending.thanks(cast.volunteer_row, cast.coordinator, cast.family.members.get(role="parent", is_main_carer=True))


def claim(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk}


def line(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).lines.get(kind="fare").pk}


def run(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pay_run_id}


def whose(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).volunteer_id}


def journey(cast: SimpleNamespace) -> dict[str, Any]:
    return {"what": "journey"}


OWN = [
    ("claim-send", claim("claim_draft"), claim("far_claim_draft")),
    ("my-claim", claim("claim_queried"), claim("far_claim_queried")),
    ("thanks-keep", claim("thanks"), claim("far_thanks")),
    *[(f"expense-{page}", line("claim_draft"), line("far_claim_draft")) for page in ("edit", "remove", "receipt")],
]
DECIDED = [(page, claim("claim_submitted"), claim("far_claim_submitted")) for page in ("expense-claim", "expense-ask")]
PAID = [(page, run("claim_paid"), run("far_claim_paid")) for page in ("pay-run", "pay-run-file")]
