"""Referrals of the demonstration partnership: one at least in every state, with its questions and tries."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from betterstart.access.demo import World
from betterstart.transitions.models import Transition
from families.models import FamilyMember, Referral, ReferralQuestion, ReferralState, ReferralTry, Support
from families.models.family import REFERENCE_LENGTH, REFERENCE_LETTERS
from families.models.referral import DECIDED_STATES, REFERRAL_MACHINE, Fit

R = ReferralState
FITS = Fit.values


@dataclass(frozen=True)
class Told:
    """One referral: when it came, for whom, from whom, in whose words, and what became of it after how many days."""

    days_ago: int
    service: str
    carer: str
    child_days: int
    """The age of the child in days; negative: so many days until the due date."""
    agency: str
    words: str
    language: str = "en"
    state: str = R.RECEIVED
    decided_after: int = 0
    more: dict[str, Any] = field(default_factory=dict)
    """Fields of Referral beside these."""
    asked: tuple[str, str] | None = None
    """A question and its answer, which may be empty."""
    tries: tuple[int, ...] = ()
    """Days after it came on which somebody tried to reach them."""


EAST, MIDWIVES, HUB = "Health visiting, East", "Community midwives", "Bowling family hub"
REFERRALS = [
    Told(1, "home", "Rukhsana", 420, "", "کوئی ہو جس سے میں اپنی زبان میں بات کر سکوں۔", "ur"),
    Told(3, "home", "Chloe", 200, HUB, "Chloe’s mum has moved away. She asks for somebody to go to the park with."),
    Told(8, "home", "Fozia Parveen", 640, EAST, "Two under two, and a flat on the fourth floor without a lift.",
         state=R.MORE_INFORMATION, asked=("Is there somebody at home who could let a volunteer in?", "")),
    Told(9, "home", "Hodan", -60, MIDWIVES, "Expecting her first baby. Her sister is far away.",
         state=R.MORE_INFORMATION, asked=("Which language does she like best?", "Somali, and she reads English.")),
    Told(11, "home", "Kasia", 900, EAST, "Kasia would like to meet other parents before nursery begins.",
         tries=(3, 6)),
    Told(16, "home", "Gemma", 310, HUB, "She has not slept for weeks and says she needs an hour for herself.",
         more={"flags": ["postnatal_depression", "lone_parent"], "risks": "A large dog. Please ring before you come."}),
    Told(2, "home", "Olena", 150, MIDWIVES, "She came alone in spring. She asked us herself to ring you today.",
         more={"is_urgent": True}),
    Told(5, "doula", "Abeba", -40, MIDWIVES, "She is afraid of the birth and would like somebody beside her."),
    Told(20, "home", "Leanne", 1900, HUB, "Leanne would like company.", state=R.NOT_ACCEPTED, decided_after=4,
         more={"decision_reason": "age", "signpost": "The school’s parent room is open on Tuesdays and Fridays."}),
    Told(34, "home", "Priya", 500, EAST, "Priya said that she would like a visitor.", state=R.COULD_NOT_REACH,
         decided_after=13, tries=(2, 6, 12)),
    Told(27, "home", "Jade", 380, EAST, "Jade would like somebody to talk to.", state=R.WITHDRAWN_BY_FAMILY,
         decided_after=5),
    Told(25, "home", "Anika", 700, HUB, "The family is new in the street.", state=R.WITHDRAWN_BY_REFERRER,
         decided_after=2),
    Told(18, "home", "Blessing", -90, MIDWIVES, "She would like company before and after the birth.",
         state=R.REDIRECTED, decided_after=3),
    Told(1, "home", "Best Prices", 100, "Cheap Loans", "Click here for cheap loans.",
         more={"set_aside_because": "trap"}),
]  # fmt: skip


def build(world: World, supports: list[Support], members: list[FamilyMember]) -> None:
    """After the families: some of theirs began with a referral, and one that waits may be a family known here."""
    rng = random.Random(7)  # noqa: S311  (the same partnership every time)
    for service in world.services.values():
        service.takes_public_referrals = True
        service.save(update_fields=["takes_public_referrals"])
    rows = [_add(world, rng, told) for told in REFERRALS]
    _add_passed_on(world, rng, next(row for row in rows if row.state == R.REDIRECTED))
    carers = {member.family_id: member for member in members if member.is_main_carer}
    begun = [each for each in supports if each.state in {"offered", "getting_to_know"}]
    for support in begun[:4]:
        _add_accepted(world, rng, support, carers[support.family_id])
    known = next(each for each in supports if each.service == world.services["home"] and each.state == "ended_planned")
    _add_known(world, rng, known, [member for member in members if member.family_id == known.family_id])


def _add(world: World, rng: random.Random, told: Told) -> Referral:
    came = world.moment(world.today - dt.timedelta(days=told.days_ago), 10)
    by = world.coordinators[told.service][0]
    child: dict[str, Any] = {"role": "child", "display_name": "Little one"}
    if told.child_days < 0:
        child = {"role": "unborn", "display_name": "Baby"}
        child["due_date"] = world.today - dt.timedelta(days=told.child_days)
    else:
        child["date_of_birth"] = world.today - dt.timedelta(days=told.child_days)
    is_self = not told.agency
    decided = came + dt.timedelta(days=told.decided_after) if told.state in DECIDED_STATES else None
    fields = {
        "is_self_referral": is_self,
        "referrer_name": told.carer if is_self else "Sam Taylor",
        "referrer_agency": told.agency,
        "referrer_email": "" if is_self else "sam.taylor@referrer.example",
        "family_words" if is_self else "reason": told.words,
        "agreed_how": "themselves" if is_self else "phone",
        "decided_at": decided,
        "decided_by": by if decided else None,
        "told_at": decided,
    }
    if told.state == R.REDIRECTED:
        fields |= {"sharing_agreed_by": told.carer, "sharing_agreed_on": decided}
    row = _row(world, rng, told.service, told.carer, [child], came, state=told.state, words_language=told.language,
               **fields | told.more)  # fmt: skip
    _note(row, "", R.RECEIVED, came)
    if told.asked:
        words, answer = told.asked
        asked = came + dt.timedelta(days=1)
        answered = asked + dt.timedelta(days=1) if answer else None
        ReferralQuestion.objects.create(
            referral=row, service=row.service, words=words, asked_by=by, asked_at=asked, answer=answer,
            answered_at=answered,
        )  # fmt: skip
        _note(row, R.RECEIVED, R.MORE_INFORMATION, asked, by)
    for days in told.tries:
        day = (came + dt.timedelta(days=days)).date()
        ReferralTry.objects.create(referral=row, service=row.service, channel="phone", tried_on=day, by=by)
    if decided:
        _note(row, R.RECEIVED, told.state, decided, by, reason=told.more.get("decision_reason", ""))
    return row


def _row(
    world: World, rng: random.Random, service: str, carer: str, children: list[dict[str, Any]], came: dt.datetime,
    **fields: Any,
) -> Referral:  # fmt: skip
    phone = {"channel": "phone", "value": f"07700 900{rng.randint(0, 999):03d}", "safe": "yes"}
    parent = {"role": "parent", "is_main_carer": True, "display_name": carer}
    defaults = {
        "household": {"people": [parent, *children], "contacts": [phone], "address": None},
        "agreed_on": came.date(),
    }
    return Referral.objects.create(
        uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
        reference="".join(rng.choice(REFERENCE_LETTERS) for _letter in range(REFERENCE_LENGTH)),
        service=world.services[service],
        received_at=came,
        acknowledged_at=came if fields.get("referrer_email") and not fields.get("set_aside_because") else None,
        **defaults | fields,
    )


def _add_passed_on(world: World, rng: random.Random, before: Referral) -> None:
    """What the home visitors passed on is with the doulas now."""
    told = {name: getattr(before, name) for name in ("reason", "referrer_name", "referrer_agency", "referrer_email")}
    came = world.moment(before.sharing_agreed_on or world.today, 10)
    row = _row(
        world, rng, "doula", before.carer_name, before.household["people"][1:], came, how="redirect",
        redirected_from=before, sharing_agreed_by=before.sharing_agreed_by, sharing_agreed_on=came.date(),
        agreed_how="phone", **told,
    )  # fmt: skip
    _note(row, "", R.RECEIVED, came)


def _add_accepted(world: World, rng: random.Random, support: Support, carer: FamilyMember) -> None:
    key = next(key for key, service in world.services.items() if service == support.service)
    by = world.coordinators[key][0]
    decided = world.moment(support.accepted_on, 11)
    came = decided - dt.timedelta(days=6)
    row = _row(
        world, rng, key, carer.display_name, [], came, state=R.ACCEPTED, referrer_name="Sam Taylor",
        referrer_agency=EAST, referrer_email="sam.taylor@referrer.example", reason="She would like somebody to visit.",
        agreed_how="in_person", fits=FITS, decided_at=decided, decided_by=by, told_at=decided,
        family=support.family, support=support,
    )  # fmt: skip
    _note(row, "", R.RECEIVED, came)
    _note(row, R.RECEIVED, R.ACCEPTED, decided, by)


def _add_known(world: World, rng: random.Random, support: Support, household: list[FamilyMember]) -> None:
    """A family whose support ended asks again: triage proposes to add to what is known."""
    carer = next(member for member in household if member.is_main_carer)
    children = [
        {"role": "child", "display_name": member.display_name, "date_of_birth": member.date_of_birth}
        for member in household
        if member.role == "child"
    ]
    came = world.moment(world.today - dt.timedelta(days=4), 14)
    row = _row(
        world, rng, "home", carer.display_name, children, came, referrer_name="Sam Taylor", referrer_agency=HUB,
        referrer_email="sam.taylor@referrer.example", reason="They would like to come back.", agreed_how="phone",
    )  # fmt: skip
    _note(row, "", R.RECEIVED, came)


def _note(row: Referral, came_from: str, to: str, when: dt.datetime, by: Any = None, reason: str = "") -> None:
    Transition.objects.create(
        machine=REFERRAL_MACHINE.name, subject_id=row.pk, family_id=row.family_id, from_state=came_from, to_state=to,
        happened_at=when, by=by, reason=reason,
    )  # fmt: skip
