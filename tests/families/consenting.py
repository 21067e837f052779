"""A family of two adults, and how they are asked in tests."""

from __future__ import annotations

from betterstart.access.acting import Scope, acting_as
from families.actions.answer import give_choice, give_permission
from families.models.sharing import To, may_share
from tests import factories

YES, NO, BACK = ({"answer": word, "how": "spoken"} for word in ("given", "refused", "withdrawn"))


def two_of(cast):
    """Amina and Bilal are the adults, Zayn is their child."""
    cast.amina = cast.family.members.get()
    cast.bilal = factories.member(cast.family, "Bilal", "parent")
    cast.zayn = factories.member(cast.family, "Zayn")
    cast.support = cast.family.supports.get()
    return cast


def choose(cast, told, purpose="photos", **fields):
    """Asked by the coordinator, under the database role of a page."""
    fields = {"by": cast.coordinator, "adult": cast.amina, "organisation": cast.here} | fields | told
    if fields["by"] is None:
        return give_choice(purpose=purpose, **fields)
    with acting_as(Scope.SCOPED, fields["by"].pk):
        return give_choice(purpose=purpose, **fields)


def permit(cast, told, to=None, what="talk", **fields):
    fields = {"by": cast.coordinator, "adult": cast.amina, "organisation": cast.here} | fields | told
    return give_permission(to=to or To(named="Library"), what=what, **fields)


def may(cast, to=None, what="talk"):
    return bool(may_share(family=cast.family, organisation_id=cast.here.pk, to=to or To(named="Library"), what=what))
