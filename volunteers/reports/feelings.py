from __future__ import annotations

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from betterstart.access.models import User
from volunteers.models import CheckIn


def feelings_of_visit(user: User) -> Subquery:
    """For the visit in the outer query: how the family said it felt, how it seemed, and a word of their own, as JSON.

    Only from a check-in this person may see. How the volunteer felt is never among it.
    """
    check_ins = CheckIn.objects.visible_to(user).filter(visit=OuterRef("pk"))
    felt = JSONObject(said="family_said", seemed="my_impression", own="other_feeling")
    return Subquery(check_ins.values_list(felt)[:1])
