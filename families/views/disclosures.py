from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.actions.disclosure import disclose, word_it
from families.forms.disclosure import DisclosureForm, LanguageForm, WordingForm
from families.models import Disclosure
from families.models.wording import ABOUT, Words
from families.reports.answers import wordings
from families.views.records import edit, family_to_read, take

MOST_LISTED = 200


@require_safe
@require(Permission.FAMILY_VIEW)
def disclosures(request: HttpRequest, reference: str) -> HttpResponse:
    """What was shared of this family without a yes, for those who answer for its record."""
    family = family_to_read(request, reference, "disclosures", whole=True)
    rows = Disclosure.objects.visible_to(request.user).filter(family=family).select_related("by", "about")
    may_write = request.user.may(Permission.DISCLOSURE_RECORD)
    context = {"family": family, "disclosures": rows[:MOST_LISTED], "may_write": may_write}
    return render(request, "families/disclosures.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.DISCLOSURE_RECORD)
def disclosure_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_read(request, reference, "disclosure add", whole=True)
    form = DisclosureForm(sent_or_kept(request), family=family)

    def save() -> None:
        disclose(by=request.user, family=family, **form.cleaned_data)
        messages.success(request, _("Written down. It stays, and cannot be changed."))

    then = reverse("families:disclosures", args=[reference])
    return edit(request, form, save, template="families/disclosure_form.html", family=family, then=then)


@require_safe
@require(Permission.SERVICE_MANAGE)
def asked(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """What this organisation asks its families, on which basis, in which words and languages."""
    organisation = get_object_or_404(Organisation.objects.administered_by(request.user), pk=organisation_id)
    context = {"organisation": organisation, "lines": wordings(organisation)}
    return render(request, "families/asked.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.SERVICE_MANAGE)
def asked_edit(request: HttpRequest, organisation_id: int, about: str, language: str) -> HttpResponse:
    """The basis of one purpose, and its words in one language."""
    organisation = get_object_or_404(Organisation.objects.administered_by(request.user), pk=organisation_id)
    if about not in dict(ABOUT) or language not in dict(SPOKEN_LANGUAGES):
        raise Http404
    if wanted := LanguageForm(request.GET or None).data.get("language"):
        return redirect("families:asked-edit", organisation.pk, about, wanted)
    words = Words(organisation.pk)
    shown = words.about(about, language)
    form = WordingForm(request.POST or None, shown=shown, basis=words.bases.get(about, ""))

    kept: list[bool] = []

    def save() -> None:
        told = {"about": about, "language": language, **form.cleaned_data}
        kept.append(word_it(by=request.user, organisation=organisation, **told))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(
            request, _("Saved.") if kept[0] else _("Saved. Now look at the words: they say something else.")
        )
        return redirect("families:asked", organisation.pk) if kept[0] else redirect(request.path)
    context = {"organisation": organisation, "form": form, "shown": shown, "title": dict(ABOUT)[about]}
    context["languages"] = LanguageForm(initial={"language": language})
    return render(request, "families/asked_form.html", context, status=status)
