"""The way to one parent's own page, for whoever looks at the demonstration."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.links.actions import give_link, take_back_links
from families.actions.own_page import OWN_PAGE_LINK
from families.actions.visit_rules import coordinators_of
from families.models import FamilyReply, OwnPage

CODE = "482615"
LASTS = dt.timedelta(days=365)


def ways_in() -> list[tuple[str, str, str]]:
    """Who, the path of a link, and the code. No link is kept, so each time a new one takes the place of the last."""
    said = FamilyReply.objects.filter(how="own_page").select_related("support__service").first()
    if said is None:
        return []
    page, _is_new = OwnPage.objects.get_or_create(
        adult_id=said.member_id,
        organisation_id=said.support.service.organisation_id,
        ended_at=None,
        defaults={
            "family_id": said.family_id,
            "support": said.support,
            "given_by": coordinators_of(said.support)[0],
            "given_how": "printed",
            "expires_at": timezone.now() + LASTS,
            "code": make_password(CODE),
            "code_is_first": False,
        },
    )
    take_back_links(by=page.given_by, purpose=OWN_PAGE_LINK, subject_id=page.pk)
    path = give_link(by=page.given_by, purpose=OWN_PAGE_LINK, subject_id=page.pk, lasts=LASTS)
    return [(_("A parent’s own page"), path, CODE)]
