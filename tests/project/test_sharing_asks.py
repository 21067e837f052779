"""Nothing about a family leaves an organisation on a new way that does not ask `may_share` first, or says here why not.

A way out is a call of one of `WAYS_OUT` below. Each function that has one stands in `ASKS` (and is held to it: it, or
a function of its module that it calls, puts the question) or in `NEED_NOT_ASK` with the reason.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("families", "volunteers", "stories", "kindness_metrics", "betterstart")
# What sends, writes a file, or lets another service read or take over.
WAYS_OUT = {
    "say", "download", "write_csv", "write_xlsx", "write_pdf", "EmailMessage", "EmailMultiAlternatives", "send_mail",
    "ContactChange", "LeadContact", "Signpost", "FileResponse", "StreamingHttpResponse",
}  # fmt: skip
MOVES_OUT = {("TRANSFER_MACHINE", "SENT"), ("TRANSFER_MACHINE", "ACCEPTED"), ("LEAD_MACHINE", "ACCEPTED")}
QUESTIONS = {
    "may_share", "may_use", "may_be_named", "may_go_on_with", "may_tell_referrer", "may_answer_referrer",
}  # fmt: skip
ASKS = {
    "families/actions/transfer.py:send_transfer",
    "families/actions/transfer.py:accept_transfer",
    "families/actions/triage.py:pass_on",
    "families/actions/ending.py:take_step",
    "families/actions/referrer.py:tell_outcome",
    "families/actions/signpost.py:point_to",
    "families/actions/lead_contact.py:choose_lead",
    "families/actions/lead_contact.py:ask_lead",
    "families/actions/contact_change.py:_ask_others",
    "families/actions/referrer.py:_write",
}
NEED_NOT_ASK = {
    "families/actions/ending.py:_send": "take_step alone calls it, and asks; the gate asks again when it is sent",
    "families/actions/lead_contact.py:accept_lead": "the guard of LEAD_MACHINE asks may_be_named",
    "families/actions/own_page.py:_send": "an adult's own link, to that adult; the gate asks whether it may reach them",
    "families/actions/referral_draft.py:send_return_link": "to whoever is writing, about what they wrote themselves",
    "families/reports/reach.py:changes_read": "reads rows that are there; nothing is made of them",
    "families/views/own_page_kept.py:own_keepsake_file": "an adult's own words and page, given to that adult",
    "families/views/imports.py:import_fix_list": "the uploader's own file, back to the uploader",
    "volunteers/actions/enquiry.py:write": "to somebody who would like to volunteer, about themselves",
    "volunteers/actions/suspension.py:_tell_coordinators": "to colleagues: look at Today; it names nobody",
    "volunteers/actions/references.py:_write": "asks a referee about a volunteer; no family is in it",
    "volunteers/views/expenses.py:pay_run_file": "volunteers, amounts and days: no family is on it",
    "betterstart/access/actions/account.py:_send_reset_letter": "to somebody with an account, about their account",
    "betterstart/access/letters.py:send_letter": "to somebody with an account, about their account",
    "betterstart/documents/download.py:download": "the way itself: whoever calls it asks",
    "betterstart/reminders/actions.py:_send": "asks every keeper of the gate, keep_what_is_not_agreed among them",
}


@cache
def functions() -> dict[str, ast.AST]:
    """Every function of ours, by file and name."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if {"migrations", "demo", "management", "devservices"} & set(path.parts) or path.name.startswith("demo"):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef):
                    found[f"{path.relative_to(ROOT)}:{node.name}"] = node
    return found


def called(node: ast.AST) -> set[str]:
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    names = {func.id for func in calls if isinstance(func, ast.Name)}
    return names | {func.attr for func in calls if isinstance(func, ast.Attribute)}


def ways_out(node: ast.AST) -> set[str]:
    found = set()
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        name = getattr(call.func, "id", None)
        owner = getattr(getattr(call.func, "value", None), "id", "")
        made = ast.unparse(call.func)
        if name in WAYS_OUT or (made.removesuffix(".objects.create") in WAYS_OUT and made.endswith(".create")):
            found.add(name or made)
        passed = {ast.unparse(each.value).rpartition(".")[2] for each in call.keywords}
        found |= {f"{owner} {to}" for machine, to in MOVES_OUT if owner == machine and to in passed}
        if made == "Referral.objects.create" and any(each.arg == "redirected_from" for each in call.keywords):
            found.add("Referral.redirected_from")
    return found


@cache
def says_something_else(key: str) -> frozenset[str]:
    """`say` is the outbox only where it comes from there."""
    text = (ROOT / key.partition(":")[0]).read_text()
    return frozenset() if "betterstart.reminders.actions import" in text else frozenset({"say"})


def leads_to_a_question(key: str) -> bool:
    """It asks, or calls a function of its own module that does, and so on."""
    module, seen, todo = key.partition(":")[0], set(), [key]
    while todo:
        here = todo.pop()
        seen.add(here)
        names = called(functions()[here])
        if names & QUESTIONS:
            return True
        beside = {f"{module}:{name}" for name in names} & functions().keys()
        todo += beside - seen
    return False


def test_every_way_out_asks_or_says_why_it_need_not():
    out = {key: found for key, node in functions().items() if (found := ways_out(node) - says_something_else(key))}
    unknown = {key: found for key, found in out.items() if key not in ASKS and key not in NEED_NOT_ASK}

    assert not unknown, "ask may_share() there and add it to ASKS, or say in NEED_NOT_ASK why nothing is shared"
    assert not (ASKS | NEED_NOT_ASK.keys()) - functions().keys()
    assert all(len(reason) > 20 for reason in NEED_NOT_ASK.values())


def test_what_is_said_to_ask_does_ask():
    assert [key for key in sorted(ASKS) if not leads_to_a_question(key)] == []


def test_a_way_out_is_found_however_it_is_written():
    text = "def share(row):\n    say(to=row)\n    TRANSFER_MACHINE.move(row, to=T.SENT); LeadContact.objects.create()\n"
    assert ways_out(ast.parse(text)) == {"say", "TRANSFER_MACHINE SENT", "LeadContact.objects.create"}
