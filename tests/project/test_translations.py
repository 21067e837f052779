"""From what people translate to what a page says."""

import gettext
import os
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
said = [_("Yes"), ngettext("a day", "{n} days", n), pgettext_lazy("month", "May"), _(name), say("Never"), len("No")]
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
        ("page.py", PYTHON, {Words("Yes"), Words("a day", "{n} days"), Words("May", context="month")}),
    ],
)
def test_words_to_translate_are_found(tmp_path, name, text, words):
    (tmp_path / name).write_text(text)

    assert translations.words_in(tmp_path / name) == words


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
