"""From what people translate to what a page says."""

import gettext
import os
import time

import polib
import pytest

from betterstart import translations

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
