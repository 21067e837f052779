"""What the adults of a family answered: to be supported, what may be done with what they told, with whom it is shared.

Three things that are never one: each is only ever added to, and of each the newest answer holds.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from families.models.around import OtherAgency
from families.models.family import Family
from families.models.known import known_to, of_family, owner
from families.models.member import FamilyMember
from families.models.referral import Referral
from families.models.support import Support
from families.models.wording import Purpose, Wording

if TYPE_CHECKING:
    from betterstart.access.models import User


class Answer(models.TextChoices):
    """Nothing is written before somebody was asked."""

    GIVEN = "given", _("Yes")
    REFUSED = "refused", _("No")
    WITHDRAWN = "withdrawn", _("Taken back")


class HowAnswered(models.TextChoices):
    SPOKEN = "spoken", _("Spoken")
    SIGNED = "signed", _("Signed")
    ONLINE = "online", _("By themselves, on their page")


class InterpretedBy(models.TextChoices):
    """Never a child or a partner."""

    NOBODY = "", _("Nobody: we spoke their language")
    INTERPRETER = "interpreter", _("An interpreter")
    COLLEAGUE = "colleague", _("Somebody of ours who speaks it")
    FRIEND = "friend", _("Somebody they brought along")


class AnswerQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """What their own organisation was told by families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_family))


class FamilyAnswer(models.Model):
    """What each answer has, whatever was asked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    organisation = owner()
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+", verbose_name=_("who answered"))
    child = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    how = models.CharField(_("how they answered"), max_length=8, choices=HowAnswered)
    language = models.CharField(_("language"), max_length=12, blank=True)
    interpreter = models.CharField(
        _("who interpreted"), max_length=12, choices=InterpretedBy, default=InterpretedBy.NOBODY, blank=True
    )
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="+")
    """What they read or heard, word by word; none where an older record does not say."""
    evidence = models.CharField(_("where it is kept"), max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None where they answered by themselves."""
    happened_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["family"], name="%(class)s_family")]
        constraints = [
            models.CheckConstraint(condition=models.Q(answer__in=Answer.values), name="%(class)s_answer_known"),
            models.CheckConstraint(
                condition=models.Q(how=HowAnswered.ONLINE, asked_by=None)
                | ~models.Q(how=HowAnswered.ONLINE) & models.Q(how__in=HowAnswered.values, asked_by__isnull=False),
                name="%(class)s_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(child=None) | ~models.Q(child=models.F("member")), name="%(class)s_for_a_child"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.answer}"

    @property
    def is_yes(self) -> bool:
        return self.answer == Answer.GIVEN

    @property
    def key(self) -> tuple[Any, ...]:
        """Of answers with the same key the newest holds: the same person, for the same child, about the same."""
        return (self.organisation_id, self.member_id, self.child_id, *self.asked)

    @property
    def asked(self) -> tuple[Any, ...]:
        raise NotImplementedError

    @property
    def order(self) -> tuple[Any, ...]:
        """The later answer comes later. In one and the same moment a no counts, then what was written down last."""
        return (self.happened_at, not self.is_yes, self.pk or 0)


class SupportAgreement(FamilyAnswer):
    """Whether an adult wants to be supported in this support."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="agreements")

    class Meta(FamilyAnswer.Meta):
        pass

    @property
    def asked(self) -> tuple[Any, ...]:
        return (self.support_id,)


class DataChoice(FamilyAnswer):
    """What an adult said to one use of what they told an organisation."""

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)

    class Meta(FamilyAnswer.Meta):
        pass

    @property
    def asked(self) -> tuple[Any, ...]:
        return (self.purpose,)


class What(models.TextChoices):
    """What for something is shared with somebody."""

    HAND_ON = "hand_on", _("so that they go on with us in your place")
    TALK = "talk", _("to talk about how things go")
    INTRODUCE = "introduce", _("to introduce you")


RECIPIENTS = ("service", "agency", "referral", "named")


class SharingPermission(FamilyAnswer):
    """Whether something about an adult, or a child of theirs, may be shared with one recipient who is named."""

    what = models.CharField(_("what for"), max_length=10, choices=What)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    """A service of the partnership."""
    agency = models.ForeignKey(OtherAgency, on_delete=models.PROTECT, null=True, related_name="permissions")
    """Somebody outside the partnership who is with the family."""
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    """Whoever referred them."""
    named = models.CharField(_("somebody else"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("until"), null=True)

    class Meta(FamilyAnswer.Meta):
        constraints = [
            *FamilyAnswer.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(service__isnull=False, agency=None, referral=None, named="")
                | models.Q(service=None, agency__isnull=False, referral=None, named="")
                | models.Q(service=None, agency=None, referral__isnull=False, named="")
                | models.Q(service=None, agency=None, referral=None) & ~models.Q(named=""),
                name="permission_for_one_recipient",
            ),
            models.CheckConstraint(
                condition=models.Q(answer=Answer.GIVEN, expires_at__gt=models.F("happened_at"))
                | ~models.Q(answer=Answer.GIVEN) & models.Q(expires_at=None),
                name="permission_yes_has_an_end",
            ),
        ]
        indexes = [
            *FamilyAnswer.Meta.indexes,
            models.Index(
                fields=["organisation", "expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="permission_expires",
            ),
        ]

    @property
    def asked(self) -> tuple[Any, ...]:
        return (self.what, self.service_id, self.agency_id, self.referral_id, self.named)

    @property
    def recipient(self) -> str:
        """With whom, as it is called now."""
        if self.referral:
            return self.referral.asked_by
        return str(self.service or self.agency or self.named)
