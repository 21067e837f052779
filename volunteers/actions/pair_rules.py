"""What one home asks and one volunteer can give: the rules of safety, judged on the rows as they stand.

They say the same as those of the page that finds a volunteer (`reports/matching/rules.py`), for every other way two
come together; a test holds the two beside each other. Places, languages and the way are a coordinator's to weigh.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from families.models import ChoiceAnswer, ChoiceKind, HomeFact, PlanChoice, Support, VisitNeeds, WhoComes
from volunteers.models import Volunteer, VolunteerProfile

ANIMALS = frozenset({HomeFact.DOG, HomeFact.CAT, HomeFact.OTHER_ANIMAL})


def why_not_at_home(support: Support, volunteer: Volunteer) -> str:
    """A sentence why this volunteer cannot visit this home; empty where nothing known speaks against it."""
    needs = VisitNeeds.objects.filter(support=support).first()
    profile = VolunteerProfile.objects.filter(volunteer=volunteer).first()
    if needs and needs.who_comes != WhoComes.ONE:
        return _("This family is visited by two people, or by a paid worker.")
    if profile is None:
        return ""
    if needs and needs.no_pets and profile.has_pets:
        return _("Somebody in the family cannot be near animals, and the volunteer has some at home.")
    at_home = set((needs and needs.at_home) or ())
    cannot = {fact for fact, how in profile.homes.items() if how == "cannot"} & at_home
    if cannot & ANIMALS:
        return _("The family has a pet, and the volunteer cannot be near one.")
    if HomeFact.SMOKE in cannot:
        return _("Somebody smokes at home, and the volunteer cannot be in smoke.")
    if HomeFact.STAIRS in cannot:
        return _("There are stairs, and the volunteer cannot climb them.")
    if profile.offered_as and _wished(support) not in {"", profile.offered_as}:
        return _("The family asked for somebody else: for a woman, or a man, in their home.")
    return ""


def _wished(support: Support) -> str:
    """A wish for a woman or a man, as each adult said it last: the main carer's first, then the newest."""
    rows = PlanChoice.objects.filter(support=support, kind=ChoiceKind.VOLUNTEER).select_related("member")
    newest = rows.order_by("member_id", "-id").distinct("member_id")
    wishes = [row for row in newest if row.answer in (ChoiceAnswer.WOMAN, ChoiceAnswer.MAN)]
    return str(max(wishes, key=lambda row: (row.member.is_main_carer, row.happened_on)).answer) if wishes else ""
