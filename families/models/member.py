from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

import pghistory
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.models.family import Family

if TYPE_CHECKING:
    from betterstart.access.models import User


class MemberRole(models.TextChoices):
    PARENT = "parent", _("Parent or carer")
    CHILD = "child", _("Child")
    UNBORN = "unborn", _("Unborn child")
    OTHER_ADULT = "other_adult", _("Other adult at home")
    HELPER = "helper", _("Friend or relative who helps")


ADULT_ROLES = frozenset({MemberRole.PARENT, MemberRole.OTHER_ADULT, MemberRole.HELPER})


class DatePrecision(models.TextChoices):
    DAY = "day", _("the day is known")
    MONTH = "month", _("only the month is known")
    YEAR = "year", _("only the year is known")


class Interpreter(models.TextChoices):
    NOT_ASKED = "", _("Not asked yet")
    NO = "no", _("No")
    LANGUAGE = "language", _("Yes, for a spoken language")
    SIGN = "bsl", _("Yes, for British Sign Language")


class PrefersGender(models.TextChoices):
    EITHER = "", _("Either is fine")
    WOMAN = "woman", _("A woman")
    MAN = "man", _("A man")


class AccessNeed(models.TextChoices):
    """What makes it easier to take part: ask, record, flag, share, act."""

    LARGE_PRINT = "large_print", _("Large print")
    EASY_READ = "easy_read", _("Easy read")
    TEXT_ONLY = "text_only", _("Text messages, no calls")
    SPOKEN = "spoken", _("Spoken, not written")
    LIP_READING = "lip_reading", _("Face to face, for lip-reading")
    HEARING_AID = "hearing_aid", _("Wears a hearing aid")
    STEP_FREE = "step_free", _("Step-free")
    QUIET_PLACE = "quiet_place", _("A quiet place")
    MORE_TIME = "more_time", _("More time, one thing after another")
    KNOW_BEFOREHAND = "beforehand", _("To know beforehand what will happen")
    COMPANION = "companion", _("Somebody with them")


SIGN_LANGUAGES = [
    ("isg", _("Irish Sign Language")),
    ("pks", _("Pakistan Sign Language")),
    ("pso", _("Polish Sign Language")),
    ("rms", _("Romanian Sign Language")),
]
LANGUAGE_NAMES = dict([*SPOKEN_LANGUAGES, *SIGN_LANGUAGES])


def name_of(member: str = "member") -> Coalesce:
    """What people call somebody, in a query, as `str(member)` says it. `member`: the way to them from the row."""
    return Coalesce(NullIf(f"{member}__known_as", models.Value("")), f"{member}__display_name")


class FamilyMemberQuerySet(models.QuerySet["FamilyMember"]):
    def visible_to(self, user: User) -> FamilyMemberQuerySet:
        """People in the families this person may see, children they share or shared with another family included."""
        shares = apps.get_model("families.SharedCare").objects.visible_to(user)
        return self.filter(
            models.Q(family__in=Family.objects.visible_to(user)) | models.Q(pk__in=shares.values("member"))
        )

    def of_family(self, family: Family) -> FamilyMemberQuerySet:
        """Everybody who belongs or belonged to this family, each once: its own people and children it shares.

        `gone_on`: the day they stopped being part of this family, if they did.
        """
        shares = apps.get_model("families.SharedCare").objects.filter(family=family)
        own = FamilyMember.objects.filter(family=family).order_by().values("pk")
        of_this_one = shares.filter(member=models.OuterRef("pk")).order_by(models.F("until").desc(nulls_first=True))
        return self.filter(pk__in=own.union(shares.values("member"))).annotate(
            gone_on=Coalesce(
                "left_on",
                models.Case(
                    models.When(family=family, then=None),
                    default=models.Subquery(of_this_one.values("until")[:1]),
                    output_field=models.DateField(),
                ),
            )
        )

    def current(self) -> FamilyMemberQuerySet:
        """Of a family's people (`of_family`) those who are part of it now."""
        return self.filter(gone_on=None)


@pghistory.track(append_only=True)
class FamilyMember(models.Model):
    """One person in a family. An unborn child is the same row that becomes the child."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(
        Family, on_delete=models.PROTECT, related_name="home_members", related_query_name="members"
    )
    role = models.CharField(_("who they are"), max_length=20, choices=MemberRole)
    is_main_carer = models.BooleanField(_("does most of the caring"), default=False)
    display_name = models.CharField(_("name"), max_length=200)
    known_as = models.CharField(_("known as"), max_length=200, blank=True)
    pronunciation = models.CharField(_("how to say it"), max_length=200, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=60, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(
        _("how exact"), max_length=6, choices=DatePrecision, default=DatePrecision.DAY, blank=True
    )
    due_date = models.DateField(_("due date"), null=True, blank=True)
    # Need to know for whoever meets them. What is kept closer is in `Personal`.
    languages = models.JSONField(_("languages"), default=list, blank=True)
    interpreter = models.CharField(
        _("needs an interpreter"), max_length=8, choices=Interpreter, default=Interpreter.NOT_ASKED, blank=True
    )
    interpreter_gender = models.CharField(
        _("would rather have"), max_length=5, choices=PrefersGender, default=PrefersGender.EITHER, blank=True
    )
    access_needs = ArrayField(
        models.CharField(max_length=12, choices=AccessNeed), verbose_name=_("what helps"), default=list, blank=True
    )
    access_notes = models.TextField(_("anything else that helps"), blank=True, max_length=1000)
    is_shared = models.BooleanField(default=False, editable=False)
    left_on = models.DateField(_("no longer part of this family since"), null=True, blank=True)
    external_reference = models.CharField(max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FamilyMemberQuerySet.as_manager()
    # From `of_family` only: when they stopped being part of the family they were looked up in.
    gone_on: dt.date | None

    class Meta:
        ordering = ["-is_main_carer", "role", "date_of_birth", "id"]
        indexes = [models.Index(fields=["date_of_birth"], name="member_born")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_date=None) | models.Q(role__in=["unborn", "child"]),
                name="member_due_date_of_a_child",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="unborn") | models.Q(date_of_birth=None),
                name="member_unborn_has_no_birth_date",
            ),
            models.UniqueConstraint(
                fields=["family", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="member_external_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return self.known_as or self.display_name

    @property
    def is_child(self) -> bool:
        return self.role in {MemberRole.CHILD, MemberRole.UNBORN}

    @property
    def languages_in_words(self) -> list[str]:
        """ "Urdu, likes it best", "English, does not read it"."""
        return [language_in_words(each) for each in self.languages]

    @property
    def needs_interpreter(self) -> bool:
        return self.interpreter in {Interpreter.LANGUAGE, Interpreter.SIGN}

    @property
    def interpreter_in_words(self) -> str:
        """ "interpreter for Urdu, a woman", or nothing where none is needed."""
        if not self.needs_interpreter:
            return ""
        liked = next((each["code"] for each in self.languages if each.get("preferred")), "")
        language = "bfi" if self.interpreter == Interpreter.SIGN else liked
        name = str(LANGUAGE_NAMES.get(language, language))
        words = gettext("interpreter for {language}").format(language=name) if name else gettext("interpreter")
        wish = PrefersGender(self.interpreter_gender)
        return f"{words}, {str(wish.label).lower()}" if wish else words

    @property
    def access_in_words(self) -> list[str]:
        return [str(AccessNeed(code).label) for code in self.access_needs]

    @property
    def needs_in_a_line(self) -> str:
        """For a list of people: "interpreter for Urdu · step-free"."""
        return " · ".join(filter(None, [self.interpreter_in_words, *self.access_in_words, self.access_notes]))

    @property
    def what_helps_title(self) -> str:
        return gettext("What helps {name}").format(name=self)

    @property
    def has_needs(self) -> bool:
        """Something whoever meets them should read first."""
        return bool(self.access_needs or self.access_notes or self.needs_interpreter)

    def born_after(self, day: dt.date) -> bool:
        """True only where it is certain: a month or a year known alone gets the benefit of the doubt."""
        return self.role == MemberRole.UNBORN or (self.date_of_birth is not None and self.date_of_birth > day)

    def age_in_months(self, on: dt.date | None = None) -> int | None:
        """Completed months on that day (today by default); None while unborn or where no date is known."""
        on = on or london_today()
        born = self.date_of_birth
        if born is None or born > on:
            return None
        return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)

    def age_in_words(self, on: dt.date | None = None) -> str:
        """ "7 weeks", "14 months", "3 years", "due 4 August", or nothing where no date is known."""
        on = on or london_today()
        if self.role == MemberRole.UNBORN:
            return ""
        months = self.age_in_months(on)
        if months is None or self.date_of_birth is None:
            return ""
        if months < 3 and self.birth_precision == DatePrecision.DAY:
            weeks = (on - self.date_of_birth).days // 7
            return ngettext("{n} week", "{n} weeks", weeks).format(n=weeks)
        if months < 24:
            return ngettext("{n} month", "{n} months", months).format(n=months)
        return ngettext("{n} year", "{n} years", months // 12).format(n=months // 12)


def language_in_words(known: dict[str, Any]) -> str:
    """One entry of `languages`: "Urdu, likes it best", "English, does not read it"."""
    name = str(LANGUAGE_NAMES.get(known["code"], known["code"]))
    said = [
        gettext("likes it best") if known.get("preferred") else "",
        gettext("does not speak it") if not known.get("speaks", True) else "",
        gettext("does not read it") if not known.get("reads", True) else "",
    ]
    return ", ".join(filter(None, [name, *said]))
