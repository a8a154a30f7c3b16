"""A vCard as a row of a table (C11): what its properties say, under headings that the import knows.

Several numbers of one kind stand in one cell, on lines of their own. What a register has no place for keeps a column
that means nothing, so that the user sees it and may give it a meaning.
"""

from collections.abc import Callable, Iterable, Sequence

from services.contacts.rules.vcard_lines import Line, components_of, parts_of, preferred, text_of

TITLES = (
    "FN", "N family", "N given", "ORG", "TITLE", "ROLE", "EMAIL", "EMAIL work", "EMAIL home", "EMAIL billing",
    "EMAIL other", "TEL", "TEL cell", "TEL work", "TEL home", "TEL main", "TEL other", "TEL fax", "ADR street",
    "ADR code", "ADR city", "ADR country", "BDAY", "GENDER", "LANG", "CATEGORIES", "NOTE",
)  # fmt: skip
"""In the order of the columns; others follow by name."""
UNTOLD = frozenset({"VERSION", "PRODID", "REV", "UID", "CLASS", "BEGIN", "END", "KIND", "X-ABSHOWAS", "PROFILE"})
GROUP_SAID_BY = frozenset({"KIND", "X-ADDRESSBOOKSERVER-KIND"})
BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
"""Pictures and the like are not taken; the column says that they were there."""
PHONE_KINDS = (("cell", "cell"), ("iphone", "cell"), ("main", "main"), ("work", "work"), ("home", "home"))
EMAIL_KINDS = (("x-billing", "billing"), ("work", "work"), ("home", "home"), ("other", "other"))
GENDERS = {"m": "man", "f": "woman", "o": "other", "male": "man", "female": "woman", "other": "other"}
NONBINARY = "nonbinary"
LANGUAGES = frozenset({"fi", "sv", "en"})
NO_YEAR = "1604"
"""The year that stands for none in files of Apple."""
Cells = dict[str, str]


def cells_of(card: Sequence[Line]) -> Cells:
    """The card's cells by heading; only what is filled in."""
    by_name: dict[str, list[Line]] = {}
    for line in card:
        by_name.setdefault(line.name, []).append(line)
    cells: Cells = {}
    for name, lines in by_name.items():
        if name in UNTOLD or not any(line.value.strip(" ;") for line in lines):
            continue
        READERS.get(name, _other)(cells, preferred(lines))
    if _is_organisation(by_name, cells):
        for title in ("FN", "N family", "N given"):
            cells.pop(title, None)
    return {title: cell.strip() for title, cell in cells.items() if cell.strip()}


def is_group(card: list[Line]) -> bool:
    """Whether the card lists others, as address books keep their groups."""
    return any(line.name in GROUP_SAID_BY and line.value.strip().lower() == "group" for line in card)


def ordered(titles: Iterable[str]) -> list[str]:
    """The headings of a file in the order of its columns."""
    known = {title: place for place, title in enumerate(TITLES)}
    return sorted(titles, key=lambda title: (known.get(title, len(known)), title))


def _is_organisation(by_name: dict[str, list[Line]], cells: Cells) -> bool:
    """A card of a company: it says so, or its name is that of its company and no name of a person."""
    said = [line.value.strip().lower() for name in ("KIND", "X-ABSHOWAS") for line in by_name.get(name, ())]
    if "ORG" not in cells:
        return False
    nameless = not cells.get("N family") and not cells.get("N given")
    return bool({"org", "company"} & set(said)) or (nameless and cells.get("FN", cells["ORG"]) == cells["ORG"])


def _add(cells: Cells, title: str, value: str) -> None:
    value = value.strip()
    if value and value not in cells.get(title, "").split("\n"):
        cells[title] = f"{cells[title]}\n{value}" if title in cells else value


def _name(cells: Cells, lines: Sequence[Line]) -> None:
    """Family name; given and further names."""
    family, given, further, *_rest = [*(" ".join(each) for each in components_of(lines[0].value)), "", ""]
    _add(cells, "N family", family)
    _add(cells, "N given", " ".join(filter(None, (given.strip(), further.strip()))))


def _first(title: str) -> Callable[[Cells, Sequence[Line]], None]:
    return lambda cells, lines: _add(cells, title, text_of(lines[0].value))


def _organisation(cells: Cells, lines: Sequence[Line]) -> None:
    name, *units = parts_of(lines[0].value, ";")
    _add(cells, "ORG", name)
    _add(cells, "ORG unit", ", ".join(filter(None, units)))


def _several(title: str, kinds: Sequence[tuple[str, str]], plain: frozenset[str]) -> Callable[..., None]:
    """Reader of numbers by kind: the preferred one, or the first of no kind, is the contact's first."""

    def read(cells: Cells, lines: Sequence[Line]) -> None:
        for line in lines:
            value = text_of(line.value)
            if line.value.lower().startswith("tel:"):
                value = value[4:].partition(";")[0]
            if "fax" in line.types:
                _add(cells, f"{title} fax", value)
                continue
            kind = next((heading for word, heading in kinds if word in line.types), "other")
            is_first = title not in cells and (line.preference < 100 or not line.types - plain)
            _add(cells, title if is_first else f"{title} {kind}", value)

    return read


def _address(cells: Cells, lines: Sequence[Line]) -> None:
    box, more, street, city, _region, code, country = [*parts_of(lines[0].value, ";"), *[""] * 7][:7]
    _add(cells, "ADR street", ", ".join(filter(None, (street.strip() or box.strip(), more.strip()))))
    for title, value in (("ADR code", code), ("ADR city", city), ("ADR country", country)):
        _add(cells, title, value)
    for line in lines[1:]:
        _add(cells, "ADR further", ", ".join(each.strip() for each in parts_of(line.value, ";") if each.strip()))


def _born(cells: Cells, lines: Sequence[Line]) -> None:
    day = text_of(lines[0].value).strip().partition("T")[0]
    omitted = lines[0].params.get("X-APPLE-OMIT-YEAR", [""])[0]
    without_year = day.startswith(("--", omitted or NO_YEAR))
    _add(cells, "BDAY without year" if without_year else "BDAY", day)


def _gender(cells: Cells, lines: Sequence[Line]) -> None:
    code, *words = parts_of(lines[0].value.lower(), ";")
    found = GENDERS.get(code.strip(), "")
    _add(cells, "GENDER", NONBINARY if found == "other" and NONBINARY in words else found)


def _language(cells: Cells, lines: Sequence[Line]) -> None:
    code = text_of(lines[0].value).strip().lower().partition("-")[0]
    _add(cells, "LANG" if code in LANGUAGES else "LANG other", code)


def _categories(cells: Cells, lines: Sequence[Line]) -> None:
    words = [each.strip() for line in lines for each in parts_of(line.value, ",")]
    _add(cells, "CATEGORIES", ",".join(dict.fromkeys(filter(None, words))))


def _other(cells: Cells, lines: Sequence[Line]) -> None:
    name = lines[0].name
    _add(cells, name, "+" if name in BINARY else "\n".join(text_of(each.value) for each in lines))


READERS: dict[str, Callable[[Cells, Sequence[Line]], None]] = {
    "N": _name,
    **{name: _first(name) for name in ("FN", "TITLE", "ROLE")},
    "ORG": _organisation,
    "EMAIL": _several("EMAIL", EMAIL_KINDS, frozenset({"internet", "pref", "x400"})),
    "TEL": _several("TEL", PHONE_KINDS, frozenset({"voice", "pref", "msg", "text"})),
    "ADR": _address,
    "BDAY": _born,
    "GENDER": _gender,
    "X-GENDER": _gender,
    "LANG": _language,
    "X-LANGUAGE": _language,
    "CATEGORIES": _categories,
}
