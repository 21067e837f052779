"""Who opens receipts, reads talks and a family's thanks: no further than their part in it goes today."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, User
from betterstart.audit.models import AuditEvent
from tests import factories
from tests.supervising import a_talk
from tests.volunteers import spending
from volunteers.models import (
    Receipt,
    Supervision,
    SupervisionAction,
    SupervisionNote,
    SupervisionPart,
    Thanks,
    Volunteer,
)


def counted(user, model, **of):
    """How many rows the model gives this person, and how many the database: each by itself."""
    user = User.objects.get(pk=user.pk)
    with acting_as(Scope.ALL, user.pk):
        by_model = model.objects.visible_to(user).filter(**of).count()
    with acting_as(Scope.SCOPED, user.pk):
        return by_model, model.objects.filter(**of).count()


@pytest.mark.parametrize(
    ("who", "opens", "noted"),
    [("volunteer", 200, 0), ("coordinator", 200, 1), ("manager", 200, 1), ("administrator", 404, 0)],
)
def test_a_receipt_opens_for_the_claimant_and_who_decides_and_is_noted_for_others(cast, as_user, who, opens, noted):
    claim = spending.claim(cast.volunteer_row, "approved", by=cast.coordinator)
    line = claim.lines.get(kind="fare")

    answer = as_user(getattr(cast, who)).get(reverse("volunteers:receipt", args=[line.pk]))

    assert answer.status_code == opens
    assert counted(getattr(cast, who), Receipt, line=line) == ((1, 1) if opens == 200 else (0, 0))
    assert AuditEvent.objects.filter(verb="receipt.opened", target_id=claim.pk).count() == noted


@pytest.mark.parametrize("model", [Supervision, SupervisionPart, SupervisionNote, SupervisionAction])
def test_a_talk_one_led_is_gone_once_one_works_in_another_organisation_only(cast, model):
    talk = a_talk(cast.coordinator, cast.volunteer_row, strengths="She listens.")
    of = {"pk": talk.pk} if model is Supervision else {"supervision": talk}
    before = counted(cast.coordinator, model, **of)
    assert before[0] == before[1] > 0

    Membership.objects.filter(user=cast.coordinator).update(ends_at=timezone.now())
    Membership.objects.create(user=cast.coordinator, role="coordinator", organisation=cast.elsewhere, service=cast.far)

    assert counted(cast.coordinator, model, **of) == (0, 0)


def test_words_of_a_family_are_for_who_answers_for_its_support_and_other_thanks_for_who_keeps_the_volunteer(cast):
    beside = factories.user("Bea Beside", "coordinator", cast.stay_and_play)
    adult = cast.family.members.get(role="parent", is_main_carer=True)
    of_family = spending.thanks(cast.volunteer_row, cast.manager, adult)
    own = spending.thanks(cast.volunteer_row, cast.manager)

    assert Volunteer.objects.kept_by(beside).filter(pk=cast.volunteer_row.pk).exists()
    for person, reads in ((cast.volunteer, 1), (cast.manager, 1), (cast.coordinator, 1), (beside, 0)):
        assert counted(person, Thanks, pk=of_family.pk) == (reads, reads), person.display_name
        assert counted(person, Thanks, pk=own.pk) == (1, 1), person.display_name
