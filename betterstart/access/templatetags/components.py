"""The small parts every page is made of. Each is shown with its markup on /style/."""

from collections.abc import Mapping
from typing import Any, cast

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from betterstart.access.banners import banners_of
from betterstart.access.reports import device_words

register = template.Library()

# Icons that point somewhere are mirrored where people read from right to left.
TURNING = {"back", "on", "end", "undo", "send", "joining", "leaving"}
ICON_OF_STATE = {"ok": "check", "warn": "warn", "stop": "stop", "info": "info", "people": "leaf", "still": "planned"}
ICON_OF_MESSAGE = {"success": "check", "warning": "warn", "error": "stop"}
HUES = 8


def _drawing(name: str, size: str = "") -> SafeString:
    classes = " ".join(filter(None, ["icon", size, "turns" if name in TURNING else ""]))
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One of our drawings (static/icons/sprite.svg), always beside a word: size is "", "small" or "large"."""
    return _drawing(name, size)


@register.simple_tag
def tag(state: str, word: str, icon: str = "") -> SafeString:
    """A state as word, icon and colour. State: ok, warn, stop, info, people or still."""
    return format_html('<span class="tag {}">{}{}</span>', state, _drawing(icon or ICON_OF_STATE[state]), word)


@register.simple_tag
def initials(name: str, seed: int | str = 0, kind: str = "", size: str = "") -> SafeString:
    """A disc with initials, beside the name it stands for. Seed: the person's id, so that the hue stays.

    Kind: "" (adult), "child" or "unborn". Size: "", "small" or "large".
    """
    words = [word for word in str(name or "").replace("-", " ").split() if word[0].isalnum()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else "·"
    hue = sum(str(seed).encode()) % HUES + 1
    classes = " ".join(filter(None, ["disc", kind, size, f"hue-{hue}"]))
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, letters.upper())


@register.simple_block_tag
def banner(content: str, state: str = "info", title: str = "", icon: str = "") -> SafeString:
    """Something to know before reading on. State: info, ok, warn or stop."""
    heading = format_html('<p class="banner-title">{}</p>', title) if title else ""
    return format_html(
        '<div class="banner {}">{}<div class="banner-body">{}{}</div></div>',
        state,
        _drawing(icon or ICON_OF_STATE[state]),
        heading,
        content,
    )


@register.simple_tag(takes_context=True)
def overriding_banners(context: template.Context) -> SafeString:
    """What an app wants read before anything else on this page (betterstart/access/banners.py)."""
    request, found = context.get("request"), banners_of(cast(Mapping[str, Any], context.flatten()))
    drawn = [render_to_string(name, {**facts, "user": context.get("user")}, request) for name, facts in found]
    return format_html_join("", "{}", ((html,) for html in drawn))


@register.inclusion_tag("components/stat.html")
def stat(
    number: object, label: str, means: str = "", story: str = "", story_url: str = "", url: str = ""
) -> dict[str, object]:
    """A number with what it means, and the story beside it. A number that is None is shown as a dash."""
    return {"number": number, "label": label, "means": means, "story": story, "story_url": story_url, "url": url}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "", icon: str = "leaf") -> dict[str, object]:
    """What a place is for while nothing is in it yet, and the first step."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/progress.html")
def progress(label: str, percent: int | None = None, detail: str = "") -> dict[str, object]:
    """How far long work has come: percent from 0 to 100, or None while that is not known."""
    return {"label": label, "percent": percent, "detail": detail}


@register.inclusion_tag("components/pager.html")
def pager(older: str = "", newer: str = "", older_label: str = "", newer_label: str = "") -> dict[str, object]:
    """Links to the next rows by key. `older` and `newer` are addresses, empty where there is nothing."""
    return {"older": older, "newer": newer, "older_label": older_label, "newer_label": newer_label}


@register.inclusion_tag("components/tabs.html")
def tabs(label: str, items: list[Mapping[str, Any]]) -> dict[str, object]:
    """Links shown as tabs. Items have url, label, current, and may have count."""
    return {"label": label, "items": items}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, object]:
    """All errors of a form in one box that links to the fields. `{{ form }}` already starts with it."""
    linked = [
        (bound.id_for_label or f"{bound.auto_id}_0", _before_error(str(bound.label)), bound.errors)
        for bound in form.visible_fields()
        if bound.errors
    ]
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return {"form": form, "linked": linked, "loose": [*form.non_field_errors(), *hidden]}


def _before_error(label: str) -> str:
    """A question needs no colon after it."""
    return label if not label or label.endswith(("?", "؟")) else f"{label}:"


@register.filter
def message_icon(level: str) -> str:
    """The drawing for a message of this level ("success", "warning", "error", "info")."""
    return ICON_OF_MESSAGE.get(level, "info")


@register.filter
def device(user_agent: str) -> str:
    """What a browser calls itself, in words: "Chrome on Android"."""
    return device_words(user_agent)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's address with some of its questions changed: `{% with_query after=key %}`; None removes one."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"
