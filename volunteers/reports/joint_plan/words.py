"""What a plan says in sentences: what would help, why somebody has nobody, and what it did not look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from families.models.member import LANGUAGE_NAMES
from volunteers.reports.joint_plan.explaining import Help
from volunteers.reports.matching.rules import BY_KEY
from volunteers.reports.matching.sides import FamilySide


def languages(codes: Iterable[str]) -> str:
    return ", ".join(sorted(str(LANGUAGE_NAMES.get(code, code)) for code in codes))


def _wished(gender: str) -> str:
    return _("a man") if gender == "man" else _("a woman")


def help_in_words(each: Help) -> str:
    """ "6 families wait for somebody who speaks Urdu." """
    n, of = each.families, each.of
    one = {
        "language": lambda: ngettext(
            "{n} family waits for somebody who speaks {language}.",
            "{n} families wait for somebody who speaks {language}.",
            n,
        ).format(n=n, language=languages([of])),
        "wish": lambda: ngettext(
            "{n} family asked for {wished}, and nobody like that has room.",
            "{n} families asked for {wished}, and nobody like that has room.",
            n,
        ).format(n=n, wished=_wished(of)),
    }
    return one[each.key]() if each.key in one else _plain_help(each.key, n)


def _plain_help(key: str, n: int) -> str:
    sentences: dict[str, Callable[[], str]] = {
        "taken": lambda: ngettext(
            "{n} family waits only for room: everyone who suits it is proposed to families that have waited longer.",
            "{n} families wait only for room: everyone who suits them is proposed to families that have waited longer.",
            n,
        ),
        "places": lambda: ngettext(
            "{n} family waits, and no volunteer has room for another family.",
            "{n} families wait, and no volunteer has room for another family.",
            n,
        ),
        "travel": lambda: ngettext(
            "{n} family lives further away than anybody with room travels.",
            "{n} families live further away than anybody with room travels.",
            n,
        ),
        "alone": lambda: ngettext(
            "{n} family waits for two people, or a paid worker.",
            "{n} families wait for two people, or a paid worker.",
            n,
        ),
        "pets": lambda: ngettext(
            "{n} family waits for somebody who is fine with a pet.",
            "{n} families wait for somebody who is fine with a pet.",
            n,
        ),
        "smoke": lambda: ngettext(
            "{n} family waits for somebody who is fine where people smoke.",
            "{n} families wait for somebody who is fine where people smoke.",
            n,
        ),
        "stairs": lambda: ngettext(
            "{n} family waits for somebody who can climb stairs.",
            "{n} families wait for somebody who can climb stairs.",
            n,
        ),
    }
    other = lambda: ngettext(  # noqa: E731  said like the others
        "{n} family has nobody who suits in every way yet.", "{n} families have nobody who suits in every way yet.", n
    )
    return sentences.get(key, other)().format(n=n)


def why_nobody(barrier: str, side: FamilySide | None) -> str:
    """Of one family without a proposal."""
    if barrier == "language" and side is not None:
        return _("Nobody with room speaks {languages}.").format(languages=languages(side.languages))
    if barrier == "wish" and side is not None and side.wishes_gender:
        return _("They asked for {wished}, and nobody like that has room.").format(wished=_wished(side.wishes_gender))
    plain = {
        "taken": _("Everyone who suits them is proposed to families that have waited longer."),
        "several": _("Nobody suits them in every way yet."),
        "places": _("No volunteer has room for another family."),
        "travel": _("Everyone with room lives further away than they travel."),
        "alone": _("Two people, or a paid worker, should visit them."),
        "pets": _("Nobody with room is fine with their pet."),
        "smoke": _("Nobody with room is fine where people smoke."),
        "stairs": _("Nobody with room can climb their stairs."),
        "together": _("Everyone who suits them was asked already."),
        "never": _("It was said that they and the people who have room do not meet."),
    }
    rule = BY_KEY.get(barrier)
    return plain.get(barrier) or (str(rule.title) if rule else plain["several"])


def left_out_in_words(counts: dict[str, int]) -> list[str]:
    """Whom and what the plan did not look at; then what no plan looks at."""
    said = [say(counts[key]).format(n=counts[key]) for key, say in _LEFT_OUT.items() if counts.get(key)]
    return [
        *said,
        _("Days and times, hours a week, skills and interests are not in the plan. You see them for each family."),
        _("Nobody has been asked. Either side may say no."),
    ]


_LEFT_OUT: dict[str, Callable[[int], str]] = {
    "on_the_way": lambda n: ngettext(
        "{n} family is being matched already.", "{n} families are being matched already.", n
    ),
    "asked_to_wait": lambda n: ngettext(
        "{n} family asked us to wait, and is not in the plan.",
        "{n} families asked us to wait, and are not in the plan.",
        n,
    ),
    "leaving": lambda n: ngettext(
        "{n} volunteer is about to leave, and is not in the plan.",
        "{n} volunteers are about to leave, and are not in the plan.",
        n,
    ),
    "not_ready": lambda n: ngettext(
        "{n} volunteer is not ready yet, or on a break.", "{n} volunteers are not ready yet, or on a break.", n
    ),
    "full": lambda n: ngettext(
        "{n} volunteer visits as many families as agreed.", "{n} volunteers visit as many families as agreed.", n
    ),
    "no_place": lambda n: ngettext(
        "For {n} family the place is not known, or kept hidden: the way there is not counted.",
        "For {n} families the place is not known, or kept hidden: the way there is not counted.",
        n,
    ),
    "no_language": lambda n: ngettext(
        "For {n} family the language is not known: everyone counts as speaking it.",
        "For {n} families the language is not known: everyone counts as speaking it.",
        n,
    ),
    "volunteers_no_place": lambda n: ngettext(
        "For {n} volunteer the place is not known: the way they have is not counted.",
        "For {n} volunteers the place is not known: the way they have is not counted.",
        n,
    ),
    "volunteers_no_language": lambda n: ngettext(
        "For {n} volunteer the languages are not known: they count as speaking any.",
        "For {n} volunteers the languages are not known: they count as speaking any.",
        n,
    ),
    "cut": lambda n: ngettext(
        "For {n} family very many people are possible: only the nearest were looked at.",
        "For {n} families very many people are possible: only the nearest were looked at.",
        n,
    ),
}
