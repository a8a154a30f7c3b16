"""Every text of the pages has its Finnish and Swedish; catalogues of areas merge."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from gateway import catalogs
from ops import translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.mark.parametrize("language", catalogs.TRANSLATED)
def test_every_text_is_translated(language):
    missing = [message.id for message in translations.missing(translations.extracted(), catalogs.merged(language))]
    assert missing == []


def test_texts_of_templates_and_modules_are_found():
    texts = translations.extracted()
    assert texts.get("Skip to the content") is not None
    assert texts.get("Parked messages") is not None
    assert texts.get("Sessions", "of a course") is not None
    assert ("%(num)s row", "%(num)s rows") in [message.id for message in texts]


def test_every_text_of_a_template_can_be_filled():
    assert [message.id for message in translations.unfillable(translations.extracted())] == []


SOURCE = "Row %(number)s, %(share)s %% of {{name}}"
ROWS = ("%(num)s row", "%(num)s rows")


@pytest.mark.parametrize(
    "translation",
    [
        "",
        "Rivi",
        "Rivi %(number)s, %(osuus)s %% / {{name}}",
        "Rivi %(number)s, %(share)s % / {{name}}",
        "Rivi %(number)s, %(share)s / {{name}}",
        "Rivi %(number)s, %(share)d %% / {{name}}",
        "Rivi %(number)s, %(share)s %% / {name}",
        "Rivi %(number)s, %(share)s %% / {{nimi}}",
        "Rivi %(number)s, %(share)s %% / {{name}} {}",
        "Rivi %(number)s, %(share)s %% / {{name}}}",
        "Rivi %(number)s, %(share)s %% / {{name}} %s",
        "Rivi %(number), %(share)s %% / {{name}}",
    ],
)
def test_a_translation_with_other_placeholders_counts_as_missing(translation):
    texts, finnish = Catalog(), Catalog(locale="fi")
    texts.add(SOURCE)
    finnish.add(SOURCE, translation)
    assert [message.id for message in translations.missing(texts, finnish)] == [SOURCE]


@pytest.mark.parametrize(
    "translation", [("Rivi", "riviä"), ("%(num)s rivi", "%(n)s riviä"), ("1 % rivi", "%(num)s riviä")]
)
def test_plural_forms_are_held_to_their_source(translation):
    texts, finnish = Catalog(), Catalog(locale="fi")
    texts.add(ROWS)
    finnish.add(ROWS, translation)
    assert [message.id for message in translations.missing(texts, finnish)] == [ROWS]


def test_placeholders_may_change_places_and_one_row_needs_no_number():
    texts, finnish = Catalog(), Catalog(locale="fi")
    texts.add(SOURCE)
    texts.add(ROWS)
    finnish.add(SOURCE, "{{name}}: %(share)s %% riveistä, %(number)s")
    finnish.add(ROWS, ("Yksi rivi", "%(num)s riviä"))
    assert list(translations.missing(texts, finnish)) == []


def test_a_percent_sign_of_a_template_is_written_twice():
    texts = Catalog()
    texts.add("25 % off", locations=[("templates/a.html", 1)])
    texts.add("25 %% off", locations=[("templates/a.html", 2)])
    texts.add("Discount %", locations=[("pages/a.py", 3)])
    assert [message.id for message in translations.unfillable(texts)] == ["25 % off"]


def test_fuzzy_translation_counts_as_missing():
    texts, finnish = Catalog(), Catalog(locale="fi")
    texts.add("Row")
    finnish.add("Row", "Rivi", flags=["fuzzy"])
    assert len(list(translations.missing(texts, finnish))) == 1


def test_areas_that_disagree_are_refused(tmp_path):
    write(tmp_path, "fi", "courses", "Session", "Toteutus")
    write(tmp_path, "fi", "identity", "Session", "Istunto")
    with pytest.raises(catalogs.ConflictingTranslations, match=r"identity\.po"):
        catalogs.merged("fi", tmp_path)


def test_changed_area_is_compiled_again(tmp_path):
    for language in catalogs.TRANSLATED:
        write(tmp_path, language, "shell", "Row", "Rivi")
    first = compiled(catalogs.compile_all(tmp_path))
    write(tmp_path, "fi", "courses", "Course", "Kurssi")
    assert "Kurssi" in compiled(catalogs.compile_all(tmp_path))
    assert "Kurssi" not in first


def test_catalogues_that_root_compiled_are_readable_by_the_account_that_serves(tmp_path):
    for language in catalogs.TRANSLATED:
        write(tmp_path, language, "shell", "Row", "Rivi")
    compiled_files = list(catalogs.compile_all(tmp_path).rglob("*.mo"))
    assert [oct(path.stat().st_mode & 0o777) for path in compiled_files] == ["0o644"] * len(catalogs.TRANSLATED)


def write(locale: Path, language: str, area: str, text: str, translation: str) -> None:
    folder = locale / language
    folder.mkdir(exist_ok=True)
    (folder / f"{area}.po").write_text(f'{HEADER}msgid "{text}"\nmsgstr "{translation}"\n', encoding="utf-8")


def compiled(folder: Path) -> str:
    return (folder / "fi" / "LC_MESSAGES" / "messages.mo").read_bytes().decode("utf-8", "replace")


def test_what_root_compiles_the_suites_account_can_read(tmp_path):
    for language in catalogs.TRANSLATED:
        write(tmp_path, language, "courses", "Session", "Tilaisuus")
    compiled = list(catalogs.compile_all(tmp_path).rglob("*.mo"))
    assert compiled
    assert all(path.stat().st_mode & 0o004 for path in compiled)
