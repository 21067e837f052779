"""What the demonstration's families say back: in three languages, beside notes and alone, waiting and answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import World
from families.models import FamilyMember, FamilyReply, Support, SupportState, Visit
from families.models.reply import NOTE_KINDS

URDU = "میرے بیٹے کا نام غلط لکھا ہے۔ اس کا نام زین ہے، زید نہیں۔"
POLISH = "To nie było tak. Sama poprosiłam o pomoc z formularzem, nikt mnie nie namawiał."
# Days ago, kind, what else; for one family of home visiting after another.
LIVES: list[tuple[int, str, dict[str, Any]]] = [
    (1, "not_quite", {"words": "Nearly. I did not cry because I was sad. I cried because I was glad she came."}),
    (2, "right", {"state": "kept"}),
    (
        8,
        "correction",
        {
            "words": URDU,
            "language": "ur",
            "about": "people",
            "translation": "My son’s name is written wrong. His name is Zain, not Zaid.",
            "translated_by": "Bilqis, interpreter",
            "state": "seen",
        },
    ),
    (
        12,
        "not_quite",
        {
            "words": POLISH,
            "language": "pl",
            "translation": "It was not like that. I asked for help with the form myself, nobody talked me into it.",
            "translated_by": "Danuta, interpreter",
            "state": "answered",
            "outcome": "both",
            "answer": "Thank you for telling us. Both stand there now: each of you remembers who asked first.",
            "did": "We put your words beside the note, and talked about it with your volunteer.",
        },
    ),
    (3, "other_volunteer", {"words": ""}),
    (20, "call", {"words": "", "state": "answered", "answer": "It was good to talk to you.", "did": "We rang."}),
    (
        6,
        "something_else",
        {"words": "Could the visits be in the morning? He sleeps then, and I can talk.", "how": "told"},
    ),
    (5, "right", {"words": "Yes. And please write how much Maryam laughed.", "state": "seen"}),
]


def build(world: World, supports: list[Support], members: list[FamilyMember], visits: list[Visit]) -> None:
    carers = {member.family_id: member for member in members if member.is_main_carer}
    last = {visit.support_id: visit for visit in visits if visit.was_delivered and visit.what_happened}
    home = world.services["home"].pk
    known = [row for row in supports if row.service_id == home and row.state == SupportState.ACTIVE and row.pk in last]
    known.sort(key=lambda row: last[row.pk].worker != world.volunteers[0])  # one for whoever looks as a volunteer
    for number, (days, kind, facts) in enumerate(LIVES):
        speaking = [row for row in known if number and row.family.language == facts.get("language", "en")]
        support = next(iter([*speaking, *known]), None)
        if support is None:
            return
        known.remove(support)
        said_at = world.moment(world.today - dt.timedelta(days=days), 20)
        visit = last[support.pk] if kind in NOTE_KINDS else None
        by = world.coordinators["home"][0]
        row = FamilyReply(
            family_id=support.family_id,
            support=support,
            member=carers[support.family_id],
            visit=visit,
            visit_version=visit.version if visit else None,
            kind=kind,
            said_at=said_at,
            written_by=by if facts.get("how") == "told" else None,
            **{"language": "en", "words": "", "how": "own_page"} | facts,
        )
        if row.state in ("seen", "answered"):
            row.seen_at, row.seen_by = said_at + dt.timedelta(hours=14), by
        if row.is_answered:
            row.answered_at, row.answered_by, row.heard = said_at + dt.timedelta(hours=38), by, "own_page"
        row.save()
