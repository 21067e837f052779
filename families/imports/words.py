"""The words other systems use for our code lists. Read on the way in only; we write our own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from families.imports.columns import fold_heading
from families.imports.reading import Cell
from families.imports.values import ValueRefused, line
from families.models import EndingReason, MemberRole, NotDeliveredReason, SupportState, VisitMode

DELIVERED, NOT_DELIVERED = "delivered", "not_delivered"


def _words(**values: str) -> dict[str, str]:
    return {word: value for value, words in values.items() for word in words.split("|")}


ROLES = _words(
    parent="parent|parent or carer|carer|main carer|mother|mum|father|dad|step parent|stepmother|stepfather|guardian"
    "|foster carer|grandparent carer|adult|mother to be|expectant mother|parent carer",
    child="child|son|daughter|baby|infant|toddler|sibling|brother|sister|twin|boy|girl",
    unborn="unborn|unborn child|expected baby|pregnancy|expected|unborn baby",
    other_adult="other adult|other adult at home|grandmother|grandfather|grandparent|aunt|uncle|partner|lodger",
    helper="helper|friend|relative|friend or relative who helps|neighbour|family friend",
)
STATES = _words(
    offered="offered|accepted|new|referred|allocated|referral accepted",
    getting_to_know="getting to know|initial visit|initial visit done|assessment|assessing|initial contact",
    waiting="waiting|waiting for a volunteer|waiting list|on waiting list|to be matched|awaiting volunteer"
    "|awaiting match|unmatched",
    active="active|open|current|matched|in support|supported|ongoing|live|started|in progress",
    paused="paused|on hold|suspended|break|on a break|on break",
    ending="ending|finishing|winding down",
    ended_planned="ended as planned|planned ending|ended planned|completed|complete|support completed|finished"
    "|planned end",
    ended_unplanned="ended without a plan|unplanned ending|ended unplanned|ended early|unplanned end|incomplete",
    declined="declined|declined by the family|refused|not accepted by family|withdrawn|withdrawn by family",
    could_not_reach="could not reach|no contact made|unable to contact|not reached|uncontactable",
    transferred="transferred|moved to another service|transferred out|stepped up|stepped down",
)
# Says that it ended, not how: the reason decides.
ENDED_SOMEHOW = "ended"
ENDED_WORDS = frozenset({"ended", "closed", "exited", "inactive", "archived", "left", "discharged"})
ENDING_REASONS = _words(
    goals_met="the family reached what it wanted|goals met|goals achieved|needs met|outcomes achieved|coping"
    "|family coping|no longer needed|support no longer needed|completed",
    age_limit="the youngest child grew out of the service|age limit|youngest child 5|child started school|aged out"
    "|youngest child at school|started school|child turned 5|child turned 4",
    family_decided="the family decided|family decided|family choice|family request|ended by family|by mutual agreement",
    moved="moved away|moved|moved out of area|out of area|moved house|relocated",
    lost_touch="we lost touch|lost touch|lost contact|no contact|disengaged|family disengaged|non engagement",
    family_stopped="the family stopped|family stopped|family withdrew|withdrew|did not want to continue",
    volunteer_left="the volunteer left and the family did not want another|volunteer left|volunteer leaving",
    unsafe="no longer safe to visit|unsafe|risk to volunteer|safety",
    child_removed="a child no longer lives at home|child removed|child in care|child looked after|children removed",
    death="a death in the family|death|bereavement|deceased|died",
    service_closed="the service closed|service closed|project ended|funding ended|end of funding",
)
MODES = _words(
    home="at home|home|home visit|face to face|f2f|in person|visit|house visit",
    out="out and about|out|community|outing|park|accompanied|accompanied visit",
    phone="phone|telephone|phone call|call|telephone call|tel",
    video="video|video call|zoom|teams|whatsapp video|online|virtual",
    messages="messages|message|text|text message|whatsapp|sms|email|message exchange",
    other_place="another place|other place|centre|children s centre|childrens centre|family hub|clinic|group|library"
    "|other|office|school|nursery",
)
OUTCOMES = _words(
    delivered="delivered|happened|attended|yes|y|completed|complete|done|took place|took part|visited|successful|seen"
    "|present|1|true|x",
    not_delivered="not delivered|did not happen|not attended|no|n|cancelled|canceled|dna|did not attend|no show|missed"
    "|no access|not available|not in|failed|unsuccessful|absent|was not brought|0|false",
)
NOT_DELIVERED_REASONS = _words(
    cancelled_by_family="cancelled by the family|cancelled by family|family cancelled|parent cancelled|client cancelled"
    "|cancelled by parent|family illness|child ill|parent ill|family ill",
    cancelled_by_volunteer="cancelled by the volunteer|cancelled by volunteer|volunteer cancelled|volunteer ill"
    "|volunteer sick|volunteer unavailable",
    cancelled_by_coordinator="cancelled by the coordinator|cancelled by coordinator|coordinator cancelled"
    "|cancelled by staff|staff cancelled|cancelled by worker|worker cancelled|staff sickness|cancelled by service",
    family_not_available="family not available|not available|not in|no access|no answer|dna|did not attend|no show"
    "|no reply|not home|not at home|was not brought|no one home|missed",
    holiday="holiday|holidays|school holiday|bank holiday|family on holiday|away|eid|christmas",
    weather_travel="weather or travel|weather|travel|snow|traffic|transport|bad weather|weather travel",
    unsafe="not safe to go|unsafe|safety|risk|not safe",
)
# Some outcome words already say why; they stand for the reason.
OUTCOMES |= {word: NOT_DELIVERED_REASONS[word] for word in OUTCOMES.keys() & NOT_DELIVERED_REASONS.keys()}
LANGUAGES = _words(
    en="english|eng", ur="urdu", pa="punjabi|panjabi", bn="bengali|bangla", syl="sylheti", pl="polish", sk="slovak",
    cs="czech", ro="romanian", hu="hungarian", rom="romani|romany|roma", ar="arabic", ps="pashto|pushto",
    ku="kurdish|sorani|kurmanji", fa="persian|farsi|dari", gu="gujarati", hi="hindi", so="somali", ti="tigrinya",
    am="amharic", fr="french", pt="portuguese", es="spanish", it="italian", de="german", tr="turkish", uk="ukrainian",
    ru="russian", lt="lithuanian", lv="latvian", bg="bulgarian", sq="albanian", zh="chinese|mandarin",
    yue="cantonese", ta="tamil", ml="malayalam", ne="nepali", sw="swahili", yo="yoruba", ig="igbo", ha="hausa",
    vi="vietnamese", th="thai", el="greek", phr="mirpuri|pahari|pothwari|pahari pothwari", hno="hindko",
    bfi="british sign language|bsl|sign language",
)  # fmt: skip

_LISTS: dict[str, tuple[Mapping[str, str], Sequence[object]]] = {
    "role": (ROLES, MemberRole.labels),
    "state": (STATES, SupportState.labels),
    "ending_reason": (ENDING_REASONS, EndingReason.labels),
    "mode": (MODES, VisitMode.labels),
    "outcome": (OUTCOMES, [gettext_lazy("delivered"), gettext_lazy("not delivered")]),
    "not_delivered_reason": (NOT_DELIVERED_REASONS, NotDeliveredReason.labels),
}


def code_of(kind: str, cell: Cell) -> str:
    """Our code for a word in the cell; empty for an empty cell. Raises ValueRefused with the words we know."""
    text = line(cell)
    word = fold_heading(text)
    if not word:
        return ""
    words, labels = _LISTS[kind]
    if word in words:
        return words[word]
    if text.casefold() in words.values():
        return text.casefold()
    if kind == "state" and word in ENDED_WORDS:
        return ENDED_SOMEHOW
    raise ValueRefused(
        _("We do not know this word here. Write one of: %(words)s.") % {"words": "; ".join(map(str, labels))}
    )


def language_of(cell: Cell) -> str:
    """The code of a language named in English or by its code; empty for an empty cell. Raises ValueRefused."""
    word = fold_heading(line(cell))
    if not word:
        return ""
    if word in LANGUAGES:
        return LANGUAGES[word]
    if word in LANGUAGES.values():
        return word
    raise ValueRefused(_("We do not know this language. Write its English name, or its short code, like ur for Urdu."))
