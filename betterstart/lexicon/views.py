from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from betterstart.access.decorators import require, signed_in_only
from betterstart.access.permissions import Permission
from betterstart.lexicon.actions import save_wording_prompt
from betterstart.lexicon.forms import WordingPromptForm
from betterstart.lexicon.models import FairWordingPrompt
from betterstart.lexicon.wording import prompts_for


@require_POST
@signed_in_only
def wording_check(request: HttpRequest) -> HttpResponse:
    """Prompts for a text being typed. `?field=` names the posted field that holds it; nothing is kept."""
    text = request.POST.get(request.GET.get("field", "text"), "")
    return render(request, "lexicon/_wording_notes.html", {"found": prompts_for(text)})


@require_GET
@require(Permission.LEXICON_EDIT)
def prompt_list(request: HttpRequest) -> HttpResponse:
    prompts = FairWordingPrompt.objects.visible_to(request.user)
    return render(request, "lexicon/prompt_list.html", {"prompts": prompts})


@require_http_methods(["GET", "POST"])
@require(Permission.LEXICON_EDIT)
def prompt_edit(request: HttpRequest, prompt_id: int | None = None) -> HttpResponse:
    prompt = None
    if prompt_id is not None:
        prompt = get_object_or_404(FairWordingPrompt.objects.visible_to(request.user), pk=prompt_id)
    form = WordingPromptForm(request.POST or None, instance=prompt)
    if request.method == "POST" and form.is_valid():
        saved = save_wording_prompt(by=request.user, prompt=prompt, **form.cleaned_data)
        messages.success(request, _("Saved. People now see this prompt when they write “%s”.") % saved.phrases[0])
        return redirect("lexicon:prompt-list")
    return render(request, "lexicon/prompt_form.html", {"form": form, "prompt": prompt})
