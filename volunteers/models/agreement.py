from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.clock import london_today
from volunteers.models.evidence import EvidenceQuerySet
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class AgreementKind(models.TextChoices):
    ROLE = "role", _("Role description")
    CONDUCT = "conduct", _("Code of conduct")
    CONFIDENTIALITY = "confidentiality", _("Confidentiality")
    PRIVACY = "privacy", _("Privacy notice")
    PHOTO = "photo", _("Photos")


NEEDED_AGREEMENTS = (
    AgreementKind.ROLE,
    AgreementKind.CONDUCT,
    AgreementKind.CONFIDENTIALITY,
    AgreementKind.PRIVACY,
)
"""Without these nobody is with families. Whether a photo may be taken is theirs to say, yes or no."""

# Version 1 of each. Never change one that somebody may have signed: organisations write versions of their own.
OUR_WORDS: dict[str, Any] = {
    AgreementKind.ROLE: _(
        "You visit a family at home, usually once a week for two or three hours. You listen, you help with what "
        "the family asks for, and you go out together. You do not give medical, legal or money advice, and you do "
        "not look after children alone. After each visit you send a short check-in. Your coordinator supports you,"
        " talks with you regularly, and can be rung whenever something worries you. You can stop at any time: tell"
        " us first, so that we can say goodbye to the family together."
    ),
    AgreementKind.CONDUCT: _(
        "I treat every family with kindness and respect, as equals. I keep to the days and times that we agreed, "
        "and say early when I cannot come. I bring nobody along. I lend, borrow or take no money, and accept no "
        "more than a small gift. I do not drink or take drugs before or during a visit. I do not share my views "
        "unless I am asked, and I do not put anything about families online. If a child or an adult may be unsafe,"
        " I tell my coordinator the same day, and ring 999 where there is danger."
    ),
    AgreementKind.CONFIDENTIALITY: _(
        "What a family tells me stays with me and my coordinator. I do not talk about families with friends, "
        "relatives or other volunteers, also after I have stopped. I use the family’s address and number for our "
        "visits only. The one exception: when I think that somebody may come to harm I tell my coordinator, and "
        "say so to the family where that is safe."
    ),
    AgreementKind.PRIVACY: _(
        "We keep what you tell us about yourself, your references, your check and your training, so that families "
        "can trust whoever comes to them. Your coordinator and managers read it. We never keep a picture of your "
        "certificate. Families are told your first name and what you want them to know. You can read what is "
        "written about you, and ask us to put it right. When you stop, we keep it no longer than we must, and tell"
        " you how long if you ask."
    ),
    AgreementKind.PHOTO: _(
        "We like to show who we are. We may take photos of you at our events, and use them on our website and in "
        "print, without your full name. You can say no, and you can change your mind at any time: then we use no "
        "more of them."
    ),
}  # fmt: skip


class AgreementWordingQuerySet(models.QuerySet["AgreementWording"]):
    def visible_to(self, user: User) -> Self:
        """What the organisations ask their volunteers to sign, where this person works."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))


class AgreementWording(models.Model):
    """The words of one agreement of an organisation. Only ever added to, so that it stays known what was signed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=15, choices=AgreementKind)
    version = models.PositiveSmallIntegerField()
    words = models.TextField(_("the words"), max_length=8000)
    sign_again_from = models.DateField(_("older ones no longer count from"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None for our own words."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AgreementWordingQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "version"], name="agreement_version_once"),
            models.CheckConstraint(condition=models.Q(kind__in=AgreementKind.values), name="agreement_kind_known"),
            models.CheckConstraint(condition=~models.Q(words=""), name="agreement_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class SignedQuerySet(EvidenceQuerySet):
    def enough(self, on: dt.date) -> models.QuerySet[Any]:
        """The volunteers (their ids) who have signed everything that is needed, in versions that count on this day."""
        asked_again = AgreementWording.objects.filter(
            organisation=models.OuterRef("wording__organisation"),
            kind=models.OuterRef("wording__kind"),
            sign_again_from__lte=on,
        )
        oldest = models.Subquery(asked_again.order_by("-version").values("version")[:1])
        rows = self.filter(
            answer=True,
            wording__kind__in=NEEDED_AGREEMENTS,
            wording__organisation=models.F("volunteer__organisation"),
            wording__version__gte=Coalesce(oldest, 1),
        ).order_by()
        kinds = rows.values("volunteer").annotate(n=models.Count("wording__kind", distinct=True))
        return kinds.filter(n=len(NEEDED_AGREEMENTS)).values("volunteer")


class SignedHow(models.TextChoices):
    OWN_PAGE = "own_page", _("On their own page")
    PAPER = "paper", _("On paper")


class AgreementSigned(models.Model):
    """A volunteer has signed an agreement in one version. Only ever added to; of yes and no the newest holds."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="agreements")
    wording = models.ForeignKey(AgreementWording, on_delete=models.PROTECT, related_name="+")
    answer = models.BooleanField(_("yes"), default=True)
    """No only where it is theirs to choose."""
    how = models.CharField(max_length=8, choices=SignedHow)
    signed_on = models.DateField(_("signed on"), default=london_today)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SignedQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(how__in=SignedHow.values), name="signed_how_known")]

    def __str__(self) -> str:
        return f"{self.volunteer_id}: {self.wording_id}"
