"""From what people translate to what a page says."""

import gettext
import os
import re
import time

import polib
import pytest

from betterstart import translations
from betterstart.translations import Words

OFFERED = {"WHOLE_LANGUAGES": ["en-gb"], "FAMILY_LANGUAGES": ["en-gb", "ur"]}


CATALOGUE = "ur/LC_MESSAGES/django.po"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    (tmp_path / CATALOGUE).parent.mkdir(parents=True)
    return tmp_path


def write(folder, *entries):
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=n != 1;"}
    for msgid, msgstr, comment in entries:
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr, tcomment=comment))
    catalogue.save(str(folder / CATALOGUE))


def read(folder, word):
    with (folder / CATALOGUE).with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file).gettext(word)


def test_catalogue_is_made_readable_once_and_again_when_it_changes(folder):
    write(folder, ("Yes", "ہاں", ""))

    assert [translations.compile_catalogues(), translations.compile_catalogues()] == [["ur"], []]
    assert read(folder, "Yes") == "ہاں"

    write(folder, ("Yes", "جی ہاں", ""))
    later = time.time() + 60
    os.utime(folder / CATALOGUE, (later, later))
    assert translations.compile_catalogues() == ["ur"]
    assert read(folder, "Yes") == "جی ہاں"
    assert len(list(folder.rglob("*.*"))) == 2


TEMPLATE = """{% load i18n %}{% translate "Yes" %} {% translate "May" context "month" %}
{% blocktranslate with n=name %}Hello {{ n }}, it’s 5% off{% endblocktranslate %}
{% blocktranslate count n=n %}one visit{% plural %}{{ n }} visits{% endblocktranslate %}
{% include "x.html" with here=_("Where's \\"it\\"") %} {{ _ }} say("Never")"""
PYTHON = """
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
said = [_("Yes"), ngettext("a day", "{n} days", n), pgettext_lazy("month", "May"), _(name), say("Never"), len("No")]
class Kind:
    SMALL = "s", later("Small")
def other() -> str:
    return _("Other")
"""


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "page.html",
            TEMPLATE,
            {
                Words("Yes"),
                Words("May", context="month"),
                Words("Hello %(n)s, it’s 5%% off"),
                Words("one visit", "%(n)s visits"),
                Words('Where\'s "it"'),
            },
        ),
        (
            "page.py",
            PYTHON,
            {
                Words("Yes"),
                Words("a day", "{n} days"),
                Words("May", context="month"),
                Words("Small"),
                Words("Other"),
            },
        ),
    ],
)
def test_words_to_translate_are_found(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)

    assert translations.words_in(tmp_path / name) == words


def test_only_the_named_parts_of_a_file_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    (tmp_path / "page.py").write_text(PYTHON)

    assert translations.words_of(["page.py::Kind,other"]) == {Words("Small"), Words("Other")}
    with pytest.raises(ValueError, match="nothing is called Gone"):
        translations.words_of(["page.py::Kind,Gone"])


def test_pages_that_are_not_there_are_told():
    with pytest.raises(ValueError, match=r"templates/nowhere/\*\.html"):
        translations.words_of(["templates/nowhere/*.html"])


def test_catalogue_is_renewed_without_losing_what_is_translated(folder):
    write(folder, ("Yes", "ہاں", "draft"), ("Gone", "گیا", ""))
    words = {Words("Yes"), Words("a day", "{n} days")}

    assert translations.renew(folder / CATALOGUE, words) == (1, 1)
    assert translations.untranslated(folder / CATALOGUE, words) == {Words("a day", "{n} days")}
    assert [entry.msgstr for entry in polib.pofile(str(folder / CATALOGUE))] == ["ہاں", ""]


def test_drafts_are_counted_until_somebody_has_looked(folder):
    write(folder, ("Yes", "ہاں", "draft"), ("No", "نہیں", "seen by a speaker"), ("Maybe", "", "draft"))

    assert translations.drafts("ur") == 1
    assert translations.drafts("pl") == 0


@pytest.mark.parametrize(("address", "language"), [("/refer/", "ur"), ("/account/login/", "en-gb")])
def test_page_speaks_a_language_only_where_its_words_are_there(db, client, settings, address, language):
    settings.WHOLE_LANGUAGES, settings.FAMILY_LANGUAGES = OFFERED.values()

    page = client.get(address, headers={"Accept-Language": "ur"}).content.decode()

    assert f'<html lang="{language}"' in page
    assert ("اردو" in page) is (language == "ur")
    assert ("یہ پہلا ترجمہ ہے" in page) is (language == "ur")


OUR_CATALOGUES = sorted(translations.catalogues().items())


@pytest.mark.parametrize("language", ["ur", "pl"])
def test_every_word_of_the_pages_of_families_is_translated(language, settings):
    words = translations.words_of(settings.FAMILY_WORDS)

    assert not translations.untranslated(translations.catalogues()[language], words)


def said(entry):
    """Each form of a translation, with what it may be made from. The form for one thing need not say the number."""
    if not entry.msgid_plural:
        return [(entry.msgstr, [entry.msgid])]
    both = [entry.msgid, entry.msgid_plural]
    return [(form, both if number == 0 else both[1:]) for number, form in entry.msgstr_plural.items()]


def is_faulty(form, sources):
    """Whether a translation loses a place for a fact, or brings one or a tag that the original lacks."""
    places = [translations.placeholders(source) for source in sources]
    tags = {tag for source in sources for tag in TAG.findall(source)}
    return translations.placeholders(form) not in places or bool(set(TAG.findall(form)) - tags)


def faults(entry):
    return [form for form, sources in said(entry) if is_faulty(form, sources)]


TAG = re.compile(r"<[^>]*>|&\w+;|[<>]")


@pytest.mark.parametrize(("language", "path"), OUR_CATALOGUES)
def test_translations_keep_their_placeholders_and_bring_no_tags(language, path):
    assert [form for entry in polib.pofile(str(path)).translated_entries() for form in faults(entry)] == []


@pytest.mark.parametrize(
    ("one", "many", "forms", "wrong"),
    [
        ("Hello {name}", "", ["Witaj {name}"], 0),
        ("Hello {name}", "", ["Witaj"], 1),
        ("<b>%(n)s</b> %%", "", ["%% <b>%(n)s</b>"], 0),
        ("<b>%(n)s</b>", "", ["%(n)d"], 1),
        ("Hello", "", ["<b onclick=x>Witaj</b>"], 1),
        ("{n} day", "{n} days", ["{n} dzień", "dni", "{n} dni"], 1),
        ("one day", "{n} days", ["dzień", "{n} dni", "{n} dni"], 0),
    ],
)
def test_faulty_translation_is_found(one, many, forms, wrong):
    several = {"msgid_plural": many, "msgstr_plural": dict(enumerate(forms))} if many else {"msgstr": forms[0]}

    assert len(faults(polib.POEntry(msgid=one, **several))) == wrong


@pytest.mark.parametrize(("language", "forms"), [("ur", 2), ("pl", 3)])
def test_plurals_have_all_forms_of_the_language(language, forms):
    plurals = [entry for entry in polib.pofile(str(translations.catalogues()[language])) if entry.msgid_plural]

    assert {tuple(sorted(entry.msgstr_plural)) for entry in plurals} == {tuple(range(forms))}
    assert all(all(entry.msgstr_plural.values()) for entry in plurals)


def test_new_word_asks_for_the_forms_of_its_language_and_says_how_it_is_filled_in(folder):
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=3; plural=n%3;"}
    catalogue.save(str(folder / CATALOGUE))

    translations.renew(folder / CATALOGUE, {Words("%(n)s day", "%(n)s days"), Words("on {day}"), Words("Yes")})

    entries = {entry.msgid: entry for entry in polib.pofile(str(folder / CATALOGUE))}
    assert sorted(entries["%(n)s day"].msgstr_plural) == [0, 1, 2]
    flags = {word: entry.flags for word, entry in entries.items()}
    assert flags == {"%(n)s day": ["python-format"], "on {day}": ["python-brace-format"], "Yes": []}
