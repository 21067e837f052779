from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyMember
from families.models.member import LANGUAGE_NAMES
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

LONGEST_THANKS = 1000


class ThanksQuerySet(models.QuerySet["Thanks"]):
    def visible_to(self, user: User) -> ThanksQuerySet:
        """What one was thanked for and thanked others for; coordinators what the volunteers they keep were told.

        The words of a family, of those only whoever answers for its support.
        """
        if not user.is_active:
            return self.none()
        own = models.Q(volunteer__user_id=user.pk) | models.Q(given_by_id=user.pk)
        answers_for = models.Q(family=None) | models.Q(family__in=Family.objects.responsible_to(user))
        return self.filter(own | models.Q(volunteer__in=Volunteer.objects.kept_by(user)) & answers_for)

    def to(self, user: User) -> ThanksQuerySet:
        return self.filter(volunteer__user_id=user.pk)


@pghistory.track(append_only=True)
class Thanks(models.Model):
    """Somebody thanks a volunteer. Never counted, never compared.

    The words of a family are shown only as long as the adult who said them lets us use them: `reports.thanks` asks
    at each reading.
    """

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("what you want to say"), max_length=LONGEST_THANKS, blank=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, related_name="+")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")
    family_words = models.TextField(_("what they said"), max_length=LONGEST_THANKS, blank=True)
    language = models.CharField(_("said in"), max_length=12, blank=True)
    translation = models.TextField(_("in English"), max_length=LONGEST_THANKS, blank=True)
    read_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ThanksQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "thanks"
        indexes = [
            models.Index(fields=["volunteer", "-id"], name="thanks_of_volunteer"),
            models.Index(fields=["family"], name="thanks_family"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(words="", family_words=""), name="thanks_says_something"),
            models.CheckConstraint(
                condition=models.Q(family=None, member=None, family_words="", language="", translation="")
                | models.Q(family__isnull=False, member__isnull=False)
                & ~models.Q(family_words="")
                & ~models.Q(language=""),
                name="thanks_of_a_family_say_whose",
            ),
        ]

    def __str__(self) -> str:
        return f"thanks for {self.volunteer_id}"

    @property
    def language_in_words(self) -> str:
        return str(LANGUAGE_NAMES.get(self.language, self.language))
