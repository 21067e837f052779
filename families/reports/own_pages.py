"""How the adults of a family get to their own pages, for those who give them the links."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from betterstart.access.models import User
from families.models import Family, FamilyMember, OwnPage
from families.models.own_page import PAGE_ROLES


@dataclass(frozen=True)
class WayIn:
    adult: FamilyMember
    page: OwnPage | None
    """The latest link of ours, whether or not it still opens anything."""


def ways_in(user: User, family: Family) -> list[WayIn]:
    """The adults who are part of the family now, each with the latest link this person's organisation gave them."""
    adults = family.members.current().filter(role__in=PAGE_ROLES)
    given = OwnPage.objects.visible_to(user).filter(family=family).select_related("given_by", "ended_by")
    latest: dict[int, OwnPage] = {}
    for page in given:
        latest.setdefault(page.adult_id, page)
    return [WayIn(adult, latest.get(adult.pk)) for adult in adults]


def qr_picture(text: str) -> SafeString:
    """A picture that a phone reads, drawn into the page: dark squares as one path on a white ground."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    squares = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(squares) for x, is_dark in enumerate(row) if is_dark)
    return format_html(
        '<svg viewBox="0 0 {0} {0}" shape-rendering="crispEdges"><path d="{1}"/></svg>', len(squares), path
    )
