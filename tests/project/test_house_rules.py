"""Rules of the house that no single page can keep by itself."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from betterstart.access.context import NAVIGATION

ROOT = Path(__file__).resolve().parents[2]
OURS = ("betterstart", "families", "volunteers", "kindness_metrics")
CODE = [path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Models whose rows are not a person's to see or not: each with its reason.
WITHOUT_VISIBLE_TO = {
    "Transition": "read only through its subject, which has visible_to",
    "BookingPerson": "read only through its booking, which has visible_to",
    "VisitPresence": "read only through its visit, which has visible_to",
}


def first_party_patterns(resolver: URLResolver | None = None, prefix: str = ""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from first_party_patterns(pattern, f"{prefix}{pattern.namespace or ''}:".lstrip(":"))
        elif isinstance(pattern, URLPattern) and pattern.callback.__module__.startswith(OURS):
            yield f"{prefix}{pattern.name}", pattern


def test_every_view_of_ours_names_its_access_rule():
    without = [name for name, pattern in first_party_patterns() if not hasattr(pattern.callback, "access_rule")]

    assert not without


def test_navigation_leads_to_each_page_once():
    names = [name for _permission, name, _label, _icon in NAVIGATION]

    assert len(names) == len(set(names))


def test_every_model_of_ours_says_who_may_see_its_rows():
    models = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(OURS) and not hasattr(model, "pgh_tracked_model")
    ]
    without = {model.__name__ for model in models if not hasattr(model.objects, "visible_to")}

    assert len(models) > 15
    assert without == set(WITHOUT_VISIBLE_TO)


def test_templates_are_short_and_have_no_inline_style_or_script():
    inline = r"\sstyle=|<style|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)"
    texts = {str(path.relative_to(ROOT)): path.read_text() for path in TEMPLATES}
    long = {name: lines for name, text in texts.items() if (lines := text.count("\n")) > 80}
    found = {name: match.group() for name, text in texts.items() if (match := re.search(inline, text))}

    assert len(texts) > 100
    assert not long
    assert not found


def test_stylesheets_are_short_and_know_no_left_or_right():
    sided = r"(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:"
    files = sorted((ROOT / "static" / "css").glob("*.css"))
    texts = {path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for path in files}
    long = {name: lines for name, text in texts.items() if (lines := text.count("\n")) > 400}
    found = {name: match.group() for name, text in texts.items() if (match := re.search(sided, text))}

    assert len(texts) > 3
    assert not long
    assert not found


def test_python_files_stay_under_four_hundred_lines():
    long = {str(path.relative_to(ROOT)): n for path in CODE if (n := path.read_text().count("\n")) > 400}

    assert not long


def test_no_template_is_left_over():
    sources = "\n".join(path.read_text() for path in [*CODE, *TEMPLATES])
    # Found by Django, by allauth, or by the list of parts at /style/, by their name alone.
    by_name = ("django/", "account/", "mfa/", "usersessions/", "allauth/", "style/", "400", "403", "404", "500")
    unused = []
    for path in TEMPLATES:
        name = str(path.relative_to(ROOT / "templates"))
        stem = name.removesuffix(".html")
        if not name.startswith(by_name) and name not in sources and stem not in sources:
            unused.append(name)

    assert not unused


def test_words_the_glossary_avoids_are_on_no_page():
    avoided = re.compile(r"\b(case ?load|beneficiar(y|ies)|no-show|non-engager|drop-?out|DNA)\b", re.I)
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in TEMPLATES
        if (match := avoided.search(path.read_text()))
    ]

    assert not found
