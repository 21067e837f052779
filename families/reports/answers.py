"""What the adults of a family agreed to, as one organisation knows it, and whose yes to sharing ends soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Organisation, User
from betterstart.clock import at_london, day_in_words
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.actions.answer import who_may_answer
from families.models import (
    DataChoice,
    Family,
    FamilyMember,
    Purpose,
    SharingPermission,
    Support,
    SupportAgreement,
    What,
)
from families.models.sharing import Because, Said
from families.models.wording import ABOUT, Basis, Shown, Words
from families.reports.needs import Found, Need, Urgency

MOST_LISTED = 300
SOON = dt.timedelta(days=30)
TAGS = {
    Because.YES: ("ok", "check"),
    Because.SAID_NO: ("stop", "close"),
    Because.TAKEN_BACK: ("stop", "close"),
    Because.OVER: ("warn", "clock"),
    Because.NOT_ASKED: ("still", "info"),
}


@dataclass(frozen=True)
class Line:
    """One thing an adult is asked, and where it stands."""

    title: str
    state: Because
    said: Any | None
    """The answer that holds."""
    earlier: Sequence[Any]
    ask: str = ""
    reason: str = ""
    """Why it is needed, where it is not put as a question."""
    kind: str = ""
    for_child: str = ""
    key: str = ""
    """What it is about: a support, a purpose, or the permission that holds."""

    @property
    def tag(self) -> tuple[str, str]:
        return TAGS[self.state]

    @property
    def word(self) -> str:
        return {
            Because.YES: _("Yes"),
            Because.SAID_NO: _("No"),
            Because.TAKEN_BACK: _("Taken back"),
            Because.OVER: _("Over: ask again"),
        }.get(self.state, _("Not asked yet"))

    @property
    def ends(self) -> dt.datetime | None:
        return getattr(self.said, "expires_at", None) if self.state == Because.YES else None


@dataclass(frozen=True)
class Part:
    """What one organisation asks one adult."""

    organisation: Organisation
    supports: list[Line]
    choices: list[Line]
    sharing: list[Line]
    share: str


@dataclass(frozen=True)
class Adult:
    member: FamilyMember
    parts: list[Part]


@dataclass
class Told:
    """Every answer of one family that the reader may see, newest first."""

    answers: list[Any] = field(default_factory=list)

    def of(self, member: FamilyMember, organisation: Organisation, model: Any) -> dict[tuple[Any, ...], list[Any]]:
        """Of one adult, by what was asked: the answer that holds first."""
        found: dict[tuple[Any, ...], list[Any]] = {}
        for row in self.answers:
            if isinstance(row, model) and (row.member_id, row.organisation_id) == (member.pk, organisation.pk):
                found.setdefault((row.child_id, *row.asked), []).append(row)
        return found


def _answers(rows_of: Callable[[Any], Any]) -> list[Any]:
    """Every answer among these rows of each table, newest first."""
    beside = ("wording", "asked_by", "child", "member")
    recipients = ("service", "agency", "referral")
    tables: list[tuple[Any, Sequence[str]]] = [
        (SupportAgreement, ()),
        (DataChoice, ()),
        (SharingPermission, recipients),
    ]
    rows: list[Any] = []
    for model, more in tables:
        rows += rows_of(model).select_related(*beside, *more)[:MOST_LISTED]
    return sorted(rows, key=lambda row: row.order, reverse=True)


def answers_page(user: User, family: Family) -> list[Adult]:
    """Each adult of the family with what the organisations of the reader ask them, in a fixed number of queries."""
    supports = Support.objects.responsible_to(user).filter(family=family).select_related("service__organisation")
    by_organisation: dict[Organisation, list[Support]] = {}
    for support in supports.order_by("service__organisation__name", "pk"):
        by_organisation.setdefault(support.service.organisation, []).append(support)
    words = {organisation: Words(organisation.pk) for organisation in by_organisation}
    told = Told(_answers(lambda model: model.objects.visible_to(user).filter(family=family)))
    now = timezone.now()
    return [
        Adult(member, [_part(family, member, each, by_organisation[each], words[each], told, now) for each in words])
        for member in who_may_answer(family)
    ]


def own_answers(adult: FamilyMember, known: Collection[int]) -> list[Part]:
    """For an adult's own page: what each organisation that they know of asks them, and what they said to it.

    `known`: the supports they know of. Nothing of another adult. The links are those of colleagues: the page has its
    own.
    """
    with acting_as(Scope.ALL, None):
        family = adult.family
        by_organisation: dict[Organisation, list[Support]] = {}
        supports = family.supports.filter(pk__in=known)
        for support in supports.select_related("service__organisation").order_by("pk"):
            by_organisation.setdefault(support.service.organisation, []).append(support)
        told = Told(_answers(lambda model: model.objects.filter(family=family, member=adult)))
        return [
            _part(family, adult, each, supports, Words(each.pk), told, timezone.now())
            for each, supports in by_organisation.items()
        ]


def _part(
    family: Family,
    member: FamilyMember,
    organisation: Organisation,
    supports: Iterable[Support],
    words: Words,
    told: Told,
    now: dt.datetime,
) -> Part:
    at = [family.reference, member.uuid]
    agreements = told.of(member, organisation, SupportAgreement)
    choices = told.of(member, organisation, DataChoice)
    return Part(
        organisation,
        [
            _line(
                str(support.service),
                agreements.get((None, support.pk), []),
                now,
                ask=reverse("families:agreement-ask", args=[*at, support.pk]),
                kind="agreement",
                key=str(support.pk),
            )
            for support in supports
            if support.is_open or (None, support.pk) in agreements
        ],
        [line for purpose in Purpose for line in _choices(purpose, organisation, words, choices, at, now)],
        [
            _line(
                _("{who}: {what}").format(who=rows[0].recipient, what=What(rows[0].what).label),
                rows,
                now,
                ask=f"{reverse('families:share-ask', args=[*at, organisation.pk])}?again={rows[0].uuid}",
                kind="permission",
                key=str(rows[0].uuid),
            )
            for rows in told.of(member, organisation, SharingPermission).values()
        ],
        reverse("families:share-ask", args=[*at, organisation.pk]),
    )


def _choices(
    purpose: Purpose, organisation: Organisation, words: Words, told: dict[Any, list[Any]], at: list[Any], now: Any
) -> list[Line]:
    """For the adult, and for each child of whom something was said."""
    title = str(purpose.label)
    if not words.is_asked(purpose):
        return [Line(title, Because.NO_QUESTION, None, [], reason=words.about(purpose).words, key=purpose)]
    ask = reverse("families:choice-ask", args=[*at, organisation.pk, purpose])
    asked = {key: rows for key, rows in told.items() if key[1] == purpose}
    asked.setdefault((None, purpose), [])
    ordered = sorted(asked, key=lambda key: key[0] or 0)
    return [_line(title, asked[key], now, ask=ask, kind="choice", key=purpose) for key in ordered]


def _line(title: str, rows: list[Any], now: dt.datetime, **fields: Any) -> Line:
    if not rows:
        return Line(title, Because.NOT_ASKED, None, [], **fields)
    said = rows[0]
    return Line(title, Said.of(said).state(now), said, rows[1:], for_child=str(said.child or ""), **fields)


SAME = ("service_id", "agency_id", "referral_id", "child_id")


def ending_soon(user: User, today: dt.date, limit: int) -> Found:
    """Yeses to sharing that end within thirty days, of open supports of this person; the soonest first. One query."""
    start = at_london(today, dt.time())
    mine = Support.objects.open().coordinated_by(user)
    later: Any = SharingPermission.objects.alias(**{f"of_{name}": Coalesce(name, 0) for name in SAME})
    later = later.filter(
        Q(happened_at__gt=OuterRef("happened_at")) | Q(happened_at=OuterRef("happened_at"), pk__gt=OuterRef("pk")),
        **{name: OuterRef(name) for name in ("member", "organisation", "what", "named")},
        **{f"of_{name}": Coalesce(OuterRef(name), 0) for name in SAME},
    )
    rows: Any = SharingPermission.objects.filter(
        ~Exists(later),
        expires_at__gt=start,
        expires_at__lte=start + SOON,
        member__left_on=None,
        family__silent_since=None,
        organisation__in=mine.values("service__organisation"),
        family__in=mine.values("family"),
    )
    rows = rows.select_related("family", "member", "service", "agency", "referral")
    found = list(rows.annotate(total=Window(Count("*"))).order_by("expires_at", "pk")[:limit])
    return Found([_ends(row) for row in found], found[0].total if found else 0)


def _ends(row: SharingPermission) -> Need:
    words = _("the yes of {name} to sharing with {recipient} ends")
    return Need(
        reason=words.format(name=row.member, recipient=row.recipient),
        detail=_("on {day}").format(day=day_in_words(row.expires_at or row.happened_at)),
        family=row.family,
        since=(row.expires_at or row.happened_at) - SOON,
        url=reverse("families:answers", args=[row.family.reference]),
        action=_("Ask again"),
        icon="shield",
    )


def no_longer_agreed(user: User, today: dt.date, limit: int) -> Found:
    """Open supports which no adult of the family wants any more, in one query: somebody talks with them."""
    agreements = SupportAgreement.objects.filter(support=OuterRef("pk"))
    rows: Any = Support.objects.open().coordinated_by(user).filter(agreed_on=None).select_related("family", "service")
    rows = rows.annotate(said_at=Subquery(agreements.order_by("-happened_at").values("happened_at")[:1]))
    rows = rows.filter(said_at__isnull=False).annotate(total=Window(Count("*")))
    found = list(rows.order_by("said_at", "pk")[:limit])
    needs = [
        Need(
            reason=_("would rather not have our support: {service}").format(service=row.service),
            detail=_("since {day}").format(day=day_in_words(row.said_at)),
            family=row.family,
            since=row.said_at,
            url=reverse("families:answers", args=[row.family.reference]),
            action=_("See what they said"),
            urgency=Urgency.ASKED,
            icon="shield",
        )
        for row in found
    ]
    return Found(needs, found[0].total if found else 0)


@dataclass(frozen=True)
class Asked:
    """What an organisation tells or asks its families about one thing."""

    about: str
    title: str
    basis: str
    """In words; nothing where there is no basis to choose."""
    is_question: bool
    shown: Shown
    languages: list[str]
    """The languages it has words of its own in."""


def wordings(organisation: Organisation) -> list[Asked]:
    words = Words(organisation.pk)
    names = dict(SPOKEN_LANGUAGES)
    return [
        Asked(
            about,
            str(title),
            str(Basis(words.bases[about]).label) if about in words.bases else "",
            words.is_asked(about),
            words.about(about),
            [str(names.get(code, code)) for code in words.own_languages(about)],
        )
        for about, title in ABOUT
    ]
