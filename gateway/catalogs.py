"""Translations: one .po file per language and area, merged and compiled to the messages.mo gettext reads."""

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE: Final = Path(__file__).parent / "locale"
TRANSLATED: Final = ("fi", "sv")
"""Languages with catalogues; English is the language of the message ids."""
COMPILED: Final = ".compiled"


class ConflictingTranslations(Exception):
    """Two areas translate the same text differently; one of them needs a context or the other's words."""


def area_files(language: str, locale: Path = LOCALE) -> list[Path]:
    """The .po files of a language, by area."""
    return sorted((locale / language).glob("*.po"))


def merged(language: str, locale: Path = LOCALE) -> Catalog:
    """All areas of a language as one catalogue. Raises ConflictingTranslations."""
    whole = Catalog(locale=language)
    for file in area_files(language, locale):
        with file.open("rb") as source:
            part = read_po(source, locale=language)
        for message in part:
            if not message.id:
                continue
            known = whole.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise ConflictingTranslations(f"{file.parent.name}/{file.name}: {message.id!r}")
            whole[message.id] = message
    return whole


def compile_all(locale: Path = LOCALE) -> Path:
    """Write `<folder>/<language>/LC_MESSAGES/messages.mo` where they are missing or old; return the folder.

    The folder lies in `locale`, or where that cannot be written, in a new private one. Several processes may do it
    at once.
    """
    folder = locale / COMPILED
    if not all(_is_fresh(folder, language, locale) for language in TRANSLATED):
        if not os.access(locale, os.W_OK):
            folder = Path(tempfile.mkdtemp(prefix="talkoo-locale-"))
        for language in TRANSLATED:
            _write(folder, language, merged(language, locale))
    return folder


def _is_fresh(folder: Path, language: str, locale: Path) -> bool:
    compiled = _mo(folder, language)
    return compiled.exists() and all(compiled.stat().st_mtime > changed for changed in _changes(language, locale))


def _changes(language: str, locale: Path) -> Iterator[float]:
    yield (locale / language).stat().st_mtime
    for file in area_files(language, locale):
        yield file.stat().st_mtime


def _write(folder: Path, language: str, catalog: Catalog) -> None:
    target = _mo(folder, language)
    target.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    write_mo(content, catalog)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as unfinished:
        unfinished.write(content.getvalue())
    Path(unfinished.name).chmod(0o644)  # another account than the one that installed may read them
    Path(unfinished.name).replace(target)


def _mo(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "messages.mo"
