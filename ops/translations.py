"""Translations of the pages: `python -m ops.translations compile | check`.

`check` fails when a text of the gateway lacks its Finnish or Swedish, is marked fuzzy, or has other placeholders than
its source: with one too few a fact is lost, with one too many, or a `%` of its own, the page cannot be shown. It prints
what is missing in the form of a .po file, ready to be filled in. Texts that no page uses any more are named too.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir

from gateway import catalogs

SOURCE: Final = Path(catalogs.__file__).parent
METHODS: Final = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS: Final = {"**/templates/**.html": {"newstyle_gettext": "true", "silent": "false"}}
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_p": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
_MARKS: Final = re.compile(r"%\(\w+\)s|%%|%|[{}]+\w*[{}]*")
"""What is filled in, or spoils the filling: `%(name)s`, `%%`, a `%` of its own, braces."""


def extracted(source: Path = SOURCE) -> Catalog:
    """All texts that pages may show, with where they stand."""
    texts = Catalog()
    found = extract_from_dir(str(source), METHODS, OPTIONS, KEYWORDS)
    for file, line, text, _comments, context in found:
        texts.add(text, locations=[(file, line)], context=context)
    return texts


def missing(texts: Catalog, translated: Catalog) -> Iterator[Message]:
    """Texts without a finished translation."""
    for text in texts:
        if text.id and not _is_finished(text, translated.get(text.id, text.context)):
            yield text


def unused(texts: Catalog, translated: Catalog) -> Iterator[Message]:
    """Translations of texts that no page shows any more."""
    return (message for message in translated if message.id and texts.get(message.id, message.context) is None)


def _is_finished(text: Message, translation: Message | None) -> bool:
    if translation is None or translation.fuzzy:
        return False
    found = translation.string
    strings = [string or "" for string in (found if isinstance(found, (tuple, list)) else [found])]
    return all(strings) and _marks(strings) == _marks(text.id)


def unfillable(texts: Catalog) -> Iterator[Message]:
    """Texts of templates with a `%` of its own: templates fill every text, so that it has to be written `%%`."""
    for text in texts:
        if text.id and "%" in _marks(text.id) and any(file.endswith(".html") for file, _line in text.locations):
            yield text


def _marks(texts: str | tuple[str, ...] | list[str]) -> set[str]:
    joined = texts if isinstance(texts, str) else "\n".join(texts)
    return set(_MARKS.findall(joined))


def _as_po(message: Message) -> str:
    place = ", ".join(f"{file}:{line}" for file, line in message.locations[:3])
    context = f'msgctxt "{message.context}"\n' if message.context else ""
    if isinstance(message.id, (tuple, list)):
        one, many = message.id
        return f'#: {place}\n{context}msgid "{one}"\nmsgid_plural "{many}"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    return f'#: {place}\n{context}msgid "{message.id}"\nmsgstr ""\n'


def check() -> int:
    """Print what is missing, wrong or not used; the exit code is 1 when something is missing or wrong."""
    texts = extracted()
    wrong = list(unfillable(texts))
    for message in wrong:
        print(f"# write %% for %: {message.id!r}")
    incomplete = bool(wrong)
    for language in catalogs.TRANSLATED:
        translated = catalogs.merged(language)
        gaps = list(missing(texts, translated))
        incomplete = incomplete or bool(gaps)
        print(f"# {language}: {len(gaps)} of {len(texts)} texts missing")
        for message in gaps:
            print(_as_po(message))
        for message in unused(texts, translated):
            print(f"# {language}: not used: {message.id!r}")
    return int(incomplete)


def main(arguments: list[str]) -> int:
    """Run one command."""
    match arguments:
        case ["compile"]:
            print(catalogs.compile_all())
            return 0
        case ["check"]:
            return check()
        case _:
            print(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
