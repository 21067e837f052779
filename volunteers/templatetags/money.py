"""Amounts as people write them."""

from decimal import Decimal

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from betterstart.access.templatetags.components import tag
from volunteers.models import ClaimState, ExpenseClaim

register = template.Library()

TAGS = {
    ClaimState.DRAFT: ("still", "draft"),
    ClaimState.SUBMITTED: ("info", "send"),
    ClaimState.QUERIED: ("warn", "message"),
    ClaimState.APPROVED: ("ok", "check"),
    ClaimState.REJECTED: ("still", "close"),
    ClaimState.PAID: ("ok", "check"),
}


@register.filter
def pounds(pence: int | None) -> str:
    """ "£3.37"."""
    return f"£{Decimal(pence or 0) / 100:,.2f}"


@register.filter
def plainly(number: Decimal | None) -> str:
    """ "7.4", and "45" for 45.00."""
    return f"{number.normalize():,f}" if number is not None else ""


@register.simple_tag
def claim_tag(claim: ExpenseClaim, theirs: bool = False) -> SafeString:
    """What became of a claim. `theirs`: read by somebody else than the volunteer."""
    state, drawing = TAGS[ClaimState(claim.state)]
    asked = _("Waits for an answer")
    word = asked if theirs and claim.state == ClaimState.QUERIED else str(claim.get_state_display())
    return tag(state, word, drawing)
