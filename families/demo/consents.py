"""What the demonstration's adults said: every answer and state, own words of an organisation, and two disclosures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import User
from families.models import (
    Answer,
    DataChoice,
    Disclosure,
    FamilyMember,
    MayContact,
    OtherAgency,
    Purpose,
    PurposeBasis,
    SharingPermission,
    Support,
    SupportAgreement,
    Transfer,
    What,
    Wording,
)
from families.models.sharing import a_year_from
from families.models.wording import AGREEMENT, SHARING, our_words

ASKED = (Purpose.TEXT, Purpose.EMAIL, Purpose.PHOTOS, Purpose.STORY)
# What each next adult said, one after the other: a yes, a no, a yes taken back, one given again, nothing yet.
SAID = [
    [Answer.GIVEN],
    [Answer.REFUSED],
    [Answer.GIVEN, Answer.WITHDRAWN],
    [Answer.GIVEN, Answer.WITHDRAWN, Answer.GIVEN],
    [],
]
OWN_WORDS = (
    "May we take a photo when we meet, and give it to you? Nobody else sees it unless you say yes to that photo too."
)


class Consents:
    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[type, list[Any]] = {SupportAgreement: [], DataChoice: [], SharingPermission: []}
        self.words: dict[tuple[int, str], Wording] = {}
        self.coordinators = {world.services[key].pk: people[0] for key, people in world.coordinators.items()}

    def build(self, supports: list[Support]) -> None:
        self._own_words()
        carers = {row.family_id: row for row in FamilyMember.objects.filter(is_main_carer=True, left_on=None)}
        for number, support in enumerate(supports):
            if carer := carers.get(support.family_id):
                self._answers(number, support, carer)
        self._of_transfers()
        self._of_agencies(carers)
        for model, rows in self.rows.items():
            model._base_manager.bulk_create(rows)
        self._disclosures(supports)

    def _own_words(self) -> None:
        home, doula = self.world.services["home"].organisation_id, self.world.services["doula"].organisation_id
        PurposeBasis.objects.create(organisation_id=doula, purpose=Purpose.PHONE, basis="legitimate")
        for organisation_id in (home, doula):
            for about in (AGREEMENT, SHARING, *ASKED):
                words = our_words(about, True, "en").words
                row = Wording(organisation_id=organisation_id, about=about, language="en", version=1, words=words)
                self.words[organisation_id, about] = row
        Wording.objects.bulk_create(self.words.values())
        administrator = User.objects.get(email="admin@demo.example")
        Wording.objects.create(
            organisation_id=home, about=Purpose.PHOTOS, language="en", version=2, words=OWN_WORDS, by=administrator
        )

    def _answers(self, number: int, support: Support, carer: FamilyMember) -> None:
        if support.agreed_on:
            self._say(SupportAgreement, AGREEMENT, [Answer.GIVEN], support, carer, support.agreed_on, support=support)
        if support.is_open and number % 2:
            day = support.agreed_on or support.accepted_on
            for place, purpose in enumerate(ASKED):
                self._say(DataChoice, purpose, SAID[(number // 2 + place) % 5], support, carer, day, purpose=purpose)

    def _say(
        self, model: type, about: str, said: list[Any], under: Support, carer: FamilyMember, day: dt.date, **of: Any
    ) -> None:
        """One after the other, a week apart, the last no later than today."""
        organisation_id = under.service.organisation_id
        for week, answer in enumerate(said):
            on = min(day + dt.timedelta(weeks=week), self.world.today)
            moment = self.world.moment(on, 9 if on == self.world.today else 11) + dt.timedelta(seconds=week)
            alone = answer == Answer.WITHDRAWN
            self.rows[model].append(
                model(
                    uuid=uuid.UUID(int=self.world.rng.getrandbits(128)),
                    family_id=under.family_id,
                    organisation_id=organisation_id,
                    member=carer,
                    answer=answer,
                    how="online" if alone else "signed" if about == AGREEMENT else "spoken",
                    asked_by=None if alone else self.coordinators[under.service_id],
                    wording=self.words[organisation_id, about],
                    happened_at=moment,
                    **of,
                )
            )

    def _permit(self, member: FamilyMember, organisation_id: int, by: Any, moment: dt.datetime, **of: Any) -> None:
        self.rows[SharingPermission].append(
            SharingPermission(
                uuid=uuid.UUID(int=self.world.rng.getrandbits(128)),
                family_id=member.family_id,
                organisation_id=organisation_id,
                member=member,
                answer=Answer.GIVEN,
                how="spoken",
                asked_by=by,
                wording=self.words[organisation_id, SHARING],
                happened_at=moment,
                expires_at=a_year_from(moment),
                **of,
            )
        )

    def _of_transfers(self) -> None:
        rows = Transfer.objects.exclude(agreed_by=None).select_related("from_service", "agreed_by", "created_by")
        for row in rows.order_by("pk"):
            moment = self.world.moment(row.agreed_on or self.world.today, 10)
            of = {"service_id": row.to_service_id, "what": What.HAND_ON}
            self._permit(row.agreed_by, row.from_service.organisation_id, row.created_by, moment, **of)

    def _of_agencies(self, carers: dict[int, FamilyMember]) -> None:
        """Yeses of almost a year ago to whoever we may contact: some end soon, and are asked anew."""
        by = {self.world.services[key].organisation_id: people[0] for key, people in self.world.coordinators.items()}
        agencies = OtherAgency.objects.filter(may_contact=MayContact.YES).order_by("pk")
        for number, agency in enumerate(agencies):
            if number % 4 == 0 and (carer := carers.get(agency.family_id)):
                asked_on = self.world.today - dt.timedelta(days=345 - 10 * number)
                OtherAgency.objects.filter(pk=agency.pk).update(asked_on=asked_on)
                moment = self.world.moment(asked_on, 12)
                self._permit(
                    carer, agency.organisation_id, by[agency.organisation_id], moment, agency=agency, what="talk"
                )

    def _disclosures(self, supports: list[Support]) -> None:
        told = {"to_whom": "Children’s social care, by phone and in writing", "basis": "child"}
        told |= {"what": "What we saw at the door, and what was said to us there.", "why": "A child was not safe."}
        for support, knows in zip([row for row in supports if row.is_open][3:5], ("no", "before"), strict=False):
            Disclosure.objects.create(
                uuid=uuid.UUID(int=self.world.rng.getrandbits(128)),
                family_id=support.family_id,
                organisation_id=support.service.organisation_id,
                family_told=knows,
                why_not_told="It could have put the child at more risk." if knows == "no" else "",
                by=self.coordinators[support.service_id],
                happened_at=self.world.moment(self.world.today - dt.timedelta(days=12), 15),
                **told,
            )


def build(world: World, supports: list[Support]) -> None:
    Consents(world).build([support for support in supports if support.pk])
