"""What every form about a visit shares: drafts, the sentences of the rules, and two people at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db.models import TextField
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from betterstart.access.decorators import take_typed
from betterstart.clock import moment_in_words
from betterstart.transitions.machine import MoveRefused
from families.actions.draft import DraftTooLong, discard_draft, keep_draft
from families.actions.visit_rules import StaleVisit, VisitNeedsAnswer, VisitRefused
from families.forms.visit import Asking
from families.models import Draft, Family, Visit

Save = Callable[[Any], HttpResponse]
Stale = Callable[[Any, Visit], HttpResponse | None]


def write(
    request: HttpRequest,
    form_class: type[Asking],
    *,
    family: Family,
    template: str,
    initial: dict[str, Any],
    save: Save,
    visit: Visit | None = None,
    data: QueryDict | None = None,
    purpose: str = "",
    stale: Stale | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form, or take it: `save` runs the action and answers with where to go next.

    `purpose` names its draft. What was typed comes back with every refusal (422), and when somebody else was quicker
    (409): `stale` then answers, or gives None where the form is to be shown again.
    """
    known: dict[str, Any] = {"family": family, "user": request.user, "visit": visit}
    draft, status = None, 200
    if request.method == "POST":
        form = form_class(data if data is not None else request.POST, **known)
        if purpose and "keep_draft" in request.POST:
            answer, status = _keep(request, form, purpose), 422
        else:
            answer, status = _send(form, save, stale)
            if answer is not None and answer.status_code == 302:
                discard_draft(by=request.user, family=family, purpose=purpose)
        if answer is not None:
            return answer
    else:
        if purpose and (typed := take_typed(request)):
            with suppress(DraftTooLong):
                keep_draft(by=request.user, family=family, purpose=purpose, fields=typed)
        draft = _draft(request, family, visit, purpose)
        form = form_class(initial=initial, **known)
        if draft:
            form.initial = _typed_in(draft, form)
    shown = {"form": form, "family": family, "visit": visit, "purpose": purpose, "draft": draft, **context}
    return render(request, template, shown, status=status)


def _send(form: Asking, save: Save, stale: Stale | None) -> tuple[HttpResponse | None, int]:
    if not form.is_valid():
        return None, 422
    try:
        return save(form), 200
    except VisitNeedsAnswer as asked:
        form.ask(asked.questions)
    except VisitRefused as refusal:
        form.show(refusal)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    except StaleVisit as found:
        return (stale and stale(form, found.stored)) or _show_again(form, found.stored), 409
    return None, 422


def _show_again(form: Asking, stored: Visit) -> None:
    """The form once more, now about the visit as it stands."""
    form.stored = stored
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = str(stored.version)
    sentence = _("Somebody changed this visit meanwhile. It now says: {state}, {when}. Check it, then send again.")
    when = moment_in_words(stored.when) if stored.when else ""
    form.add_error(None, sentence.format(state=stored.get_state_display(), when=when))


def _keep(request: HttpRequest, form: Asking, purpose: str) -> HttpResponse | None:
    """Keep as a draft what the button without script sent; too much of it is said at the form."""
    try:
        keep_draft(by=request.user, family=form.family, purpose=purpose, fields=dict(request.POST.lists()))
    except DraftTooLong as refused:
        form.full_clean()
        form.add_error(None, refused)
        return None
    messages.success(request, _("Kept as a draft. It is here when you come back to it."))
    return redirect("families:family", form.family.reference)


def _draft(request: HttpRequest, family: Family, visit: Visit | None, purpose: str) -> Draft | None:
    """What this person was writing here. The draft of a new visit that was sent after all is thrown away."""
    draft = Draft.objects.visible_to(request.user).filter(family=family, purpose=purpose).first()
    sent = draft and visit is None and family.visits.annotate(form=Cast("uuid", TextField()))
    if sent and sent.filter(form=(draft.fields.get("uuid") or [""])[0]).exists():  # type: ignore[union-attr]
        discard_draft(by=request.user, family=family, purpose=purpose)
        return None
    return draft


def _typed_in(draft: Draft, form: Asking) -> dict[str, Any]:
    """The fields of a draft as initial values, so that a half-written form opens without complaints."""
    typed = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        typed.setlist(name, values)
    return {name: field.widget.value_from_datadict(typed, {}, name) for name, field in form.fields.items()}
