"""Why a support pauses, ends or looks for another volunteer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EndingReason(models.TextChoices):
    GOALS_MET = "goals_met", _("The family reached what it wanted")
    AGE_LIMIT = "age_limit", _("The youngest child grew out of the service")
    FAMILY_DECIDED = "family_decided", _("The family decided")
    MOVED = "moved", _("Moved away")
    LOST_TOUCH = "lost_touch", _("We lost touch")
    FAMILY_STOPPED = "family_stopped", _("The family stopped")
    VOLUNTEER_LEFT = "volunteer_left", _("The volunteer left and the family did not want another")
    UNSAFE = "unsafe", _("No longer safe to visit")
    CHILD_REMOVED = "child_removed", _("A child no longer lives at home")
    DEATH = "death", _("A death in the family")
    SERVICE_CLOSED = "service_closed", _("The service closed")


class PauseReason(models.TextChoices):
    HOLIDAY = "holiday", _("Away")
    ILLNESS = "illness", _("Illness")
    NEW_BABY = "new_baby", _("A new baby")
    FAMILY_ASKED = "family_asked", _("The family asked for a rest")
    VOLUNTEER_AWAY = "volunteer_away", _("The volunteer is away")
    OTHER = "other", _("Something else")


class RematchReason(models.TextChoices):
    VOLUNTEER_LEAVING = "volunteer_leaving", _("The volunteer is leaving or taking a long break")
    NOT_RIGHT = "not_right", _("It did not feel right (nobody's fault)")
    PRACTICAL = "practical", _("Practical reasons")
    SAFETY = "safety", _("Safety")


REASON_WORDS = dict([*EndingReason.choices, *PauseReason.choices, *RematchReason.choices])
PLANNED_REASONS = (EndingReason.GOALS_MET, EndingReason.AGE_LIMIT, EndingReason.FAMILY_DECIDED)
UNPLANNED_REASONS = tuple(reason for reason in EndingReason if reason not in PLANNED_REASONS)
