"""How facts of matching are said: languages, times, distances, needs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from families.models.contact import WEEKDAYS
from families.models.member import LANGUAGE_NAMES
from families.models.need import USUAL_NEEDS

KM_OF_A_MILE = 1.609344
MOST_TIMES = 2
PARTS = {
    "morning": gettext_lazy("{day} morning"),
    "afternoon": gettext_lazy("{day} afternoon"),
    "evening": gettext_lazy("{day} evening"),
}
DAYS = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (name for _number, name in WEEKDAYS), strict=True))
ORDER = {f"{day}-{part}": n for n, (day, part) in enumerate(product(DAYS, PARTS))}


def languages(codes: Iterable[str]) -> str:
    return ", ".join(sorted(str(LANGUAGE_NAMES.get(code, code)) for code in codes))


def needs(keys: Iterable[str]) -> str:
    """Of the usual list, as families read it."""
    return ", ".join(_inside(USUAL_NEEDS[key][1]) for key in USUAL_NEEDS if key in set(keys))


def times(slots: Iterable[str], most: int = MOST_TIMES) -> str:
    """ "Tuesday morning, Friday afternoon and 4 more": in the order of the week."""
    order = sorted(slots, key=ORDER.__getitem__)
    pairs = (slot.split("-") for slot in order[:most])
    said = ", ".join(str(PARTS[part]).format(day=DAYS[day]) for day, part in pairs)
    more = len(order) - most
    return said if more < 1 else _("{times} and {n} more").format(times=said, n=more)


def in_miles(km: float) -> str:
    """ "3", and below ten "2.5": no finer than a straight line can promise."""
    far = km / KM_OF_A_MILE
    return f"{far:.0f}" if far >= 10 else f"{round(far * 2) / 2:g}"


def miles(km: float) -> str:
    """ "about 2.5 miles", "less than a mile"."""
    if km < KM_OF_A_MILE * 0.75:
        return _("less than a mile")
    far = in_miles(km)
    return ngettext("about {n} mile", "about {n} miles", 1 if far == "1" else 2).format(n=far)


def labels(choices: type[TextChoices], keys: Iterable[str]) -> str:
    """In the order of the list they were picked from."""
    return ", ".join(_inside(each.label) for each in choices if each.value in set(keys))


def _inside(label: object) -> str:
    """A label in the middle of a sentence."""
    said = str(label)
    return said if said.startswith("I ") else said[:1].lower() + said[1:]
