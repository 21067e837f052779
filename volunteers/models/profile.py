"""What a volunteer tells of themselves for matching: what they can do, when, how far, and what they leave out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from families.models import Enjoyed, HomeFact
from families.models.member import LANGUAGE_NAMES
from families.models.need import USUAL_NEEDS
from families.models.visit_needs import SLOT_CODES, codes_field, times_in_words
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

KM_IN_A_MILE = 1.609344


class Section(models.TextChoices):
    """What is saved together, and has its own day on which it was said."""

    TIMES = "times", _("When I can come")
    ROOM = "room", _("How much time I have")
    TRAVEL = "travel", _("How I get there")
    LANGUAGES = "languages", _("My languages")
    HELPS = "helps", _("What I like and can do")
    SHARED = "shared", _("What I have lived through")
    HOMES = "homes", _("Homes I can visit")
    ME = "me", _("About me, and my limits")


class Experience(models.TextChoices):
    """Lived through, and shared by choice. Those that families tell of too bear the same names (`Flag`)."""

    PARENT = "parent", _("I have brought up children")
    MULTIPLE_BIRTH = "multiple_birth", _("Twins or more")
    EARLY_BABY = "early_baby", _("A baby born early or ill")
    FEEDING = "feeding", _("Feeding a baby was hard")
    LONE_PARENT = "lone_parent", _("A parent alone")
    TEENAGE_PARENT = "teenage_parent", _("A very young parent")
    POSTNATAL_DEPRESSION = "postnatal_depression", _("Low after a birth")
    LOSS = "loss", _("I lost a baby or a child")
    CHILD_DISABILITY = "child_disability", _("A child with a disability")
    DISABILITY = "disability", _("A disability of my own")
    NEW_COUNTRY = "new_country", _("New in this country")
    LITTLE_MONEY = "little_money", _("Very little money")
    FOSTERING = "fostering", _("Fostering, adopting, or raising a grandchild")


class Means(models.TextChoices):
    WALKS = "walks", _("On foot")
    BUS = "bus", _("By bus or train")
    BICYCLE = "bicycle", _("By bicycle")
    DRIVES = "drives", _("I drive")


class WithIt(models.TextChoices):
    """How a volunteer is with something that may be at a family's home."""

    FINE = "fine", _("Fine")
    RATHER_NOT = "rather_not", _("Rather not")
    CANNOT = "cannot", _("I cannot")


class OfferedAs(models.TextChoices):
    """Told only so that a family that asks for a woman, or for a man, can be answered."""

    NOT_SAID = "", _("I would rather not say")
    WOMAN = "woman", _("A woman")
    MAN = "man", _("A man")


class VolunteerProfileQuerySet(models.QuerySet["VolunteerProfile"]):
    def visible_to(self, user: User) -> VolunteerProfileQuerySet:
        """One's own; coordinators those of the volunteers they keep."""
        kept = models.Q(volunteer__in=Volunteer.objects.kept_by(user))
        return self.filter(models.Q(volunteer__user_id=user.pk) | kept) if user.is_active else self.none()


@pghistory.track(append_only=True)
class VolunteerProfile(models.Model):
    """One for each volunteer. What nobody said is empty or None, and nothing is ticked beforehand."""

    volunteer = models.OneToOneField(Volunteer, on_delete=models.PROTECT, related_name="profile")
    times = codes_field(_("when I can come"), default=list)
    hours_a_week = models.DecimalField(_("hours a week, with the way there"), max_digits=3, decimal_places=1, null=True)
    postcode = models.CharField(_("my postcode"), max_length=8, blank=True)
    """Where they live. Others are shown the area."""
    miles = models.PositiveSmallIntegerField(_("how far I go"), null=True)
    means = codes_field(_("how I get there"), default=list)
    has_car = models.BooleanField(_("I have a car"), null=True)
    insurance_seen_on = models.DateField(_("business-use insurance seen on"), null=True)
    insurance_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    languages = models.JSONField(_("languages"), default=list)
    """{code, speaks, reads} of each."""
    skills = codes_field(_("what I can help with"), default=list)
    """Keys of USUAL_NEEDS: what families pick from, too."""
    skills_words = models.CharField(_("something else I can do"), max_length=300, blank=True)
    enjoys = codes_field(_("what I like to do"), default=list)
    shared = codes_field(_("what I lived through"), default=list)
    shared_words = models.TextField(_("in my own words"), max_length=1000, blank=True)
    homes = models.JSONField(_("homes I can visit"), default=dict)
    """WithIt for each HomeFact they spoke of."""
    has_pets = models.BooleanField(_("I have animals at home"), null=True)
    limits = models.TextField(_("what I would rather not do"), max_length=1000, blank=True)
    gender = models.CharField(_("my gender, in my own words"), max_length=100, blank=True)
    offered_as = models.CharField(max_length=5, choices=OfferedAs, blank=True, default=OfferedAs.NOT_SAID)
    said = models.JSONField(default=dict, editable=False)
    """Of each section {"on": the day, "by": who wrote it down}."""
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VolunteerProfileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(times__contained_by=list(SLOT_CODES)), name="profile_times_known"
            ),
            models.CheckConstraint(
                condition=models.Q(hours_a_week=None) | models.Q(hours_a_week__range=(0.5, 40)),
                name="profile_hours_possible",
            ),
            models.CheckConstraint(
                condition=models.Q(miles=None) | models.Q(miles__range=(1, 60)), name="profile_miles_possible"
            ),
            models.CheckConstraint(
                condition=models.Q(insurance_seen_on=None, insurance_seen_by=None)
                | models.Q(insurance_seen_on__isnull=False, insurance_seen_by__isnull=False),
                name="profile_insurance_seen_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(offered_as__in=OfferedAs.values), name="profile_offered_as_known"
            ),
        ]

    def __str__(self) -> str:
        return f"profile of volunteer {self.volunteer_id}"

    @property
    def area(self) -> str:
        """The part of the postcode that many thousand people share: what others are shown."""
        return self.postcode.split(" ")[0]

    @property
    def km(self) -> float | None:
        return None if self.miles is None else self.miles * KM_IN_A_MILE

    def said_on(self, section: str) -> dt.date | None:
        told = self.said.get(section)
        return dt.date.fromisoformat(told["on"]) if told else None

    def in_words(self, section: str) -> list[str]:
        """What was said in one section, a few words each; nothing where nothing was said."""
        return list(filter(None, _IN_WORDS[Section(section)](self)))


def _labels(choices: Any, codes: list[str]) -> list[str]:
    return [str(choices(code).label) for code in codes]


def _room(profile: VolunteerProfile) -> list[str]:
    hours = profile.hours_a_week
    return [_now("{n} hours a week, with the way there").format(n=f"{hours.normalize():f}")] if hours else []


def _travel(profile: VolunteerProfile) -> list[str]:
    car = {True: _now("With a car"), False: _now("Without a car"), None: ""}[profile.has_car]
    far = _now("Up to {n} miles").format(n=profile.miles) if profile.miles else ""
    return [profile.area, far, *_labels(Means, profile.means), car]


def language_in_words(known: dict[str, Any]) -> str:
    """ "Urdu, spoken and read"."""
    name = LANGUAGE_NAMES.get(known["code"], known["code"])
    if known["speaks"] and known["reads"]:
        return _now("{language}, spoken and read").format(language=name)
    if known["speaks"]:
        return _now("{language}, spoken").format(language=name)
    return _now("{language}, read").format(language=name)


def _homes(profile: VolunteerProfile) -> list[str]:
    spoke_of = [fact for fact in HomeFact if fact in profile.homes]
    said = [f"{fact.label}: {WithIt(profile.homes[fact]).label}" for fact in spoke_of]
    pets = {True: _now("Animals at home"), False: _now("No animals at home"), None: ""}[profile.has_pets]
    return [*said, pets]


def _helps(profile: VolunteerProfile) -> list[str]:
    skills = [str(USUAL_NEEDS[key][1]) for key in profile.skills]
    return [*skills, profile.skills_words, *_labels(Enjoyed, profile.enjoys)]


def _me(profile: VolunteerProfile) -> list[str]:
    offered = _now("For a family that asks: {who}").format(who=str(OfferedAs(profile.offered_as).label).lower())
    return [profile.limits, profile.gender, offered if profile.offered_as else ""]


_IN_WORDS = {
    Section.TIMES: lambda profile: times_in_words(profile.times),
    Section.ROOM: _room,
    Section.TRAVEL: _travel,
    Section.LANGUAGES: lambda profile: [language_in_words(each) for each in profile.languages],
    Section.HELPS: _helps,
    Section.SHARED: lambda profile: [*_labels(Experience, profile.shared), profile.shared_words],
    Section.HOMES: _homes,
    Section.ME: _me,
}
