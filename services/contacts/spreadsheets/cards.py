"""Files of vCards (2.1, 3.0, 4.0), read as a table with a row for each card, numbered by the line it begins on."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from services.contacts.rules.vcard_cells import BINARY, cells_of, is_group, ordered
from services.contacts.rules.vcard_lines import Line, parse
from services.contacts.spreadsheets.encoding import detect
from services.contacts.spreadsheets.limits import (
    MAX_COLUMNS,
    MAX_QUOTED,
    MAX_ROW,
    MAX_ROWS,
    Unreadable,
    too_many_columns,
)

BEGIN, END = "BEGIN:VCARD", "END:VCARD"
MAX_LINES = 1_000
"""Properties of one card."""
Card = list[Line] | Unreadable
Row = tuple[int, list[str] | Unreadable]


def is_cards(path: Path) -> bool:
    """Whether the first thing in the file is the beginning of a card."""
    with path.open("rb") as file:
        start = file.read(200).replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return start.upper().startswith(BEGIN.encode())


def table(path: Path) -> tuple[str, list[str], Iterator[Row]]:
    """Encoding, headings, and a row for each card, or why it cannot be read; raises Unreadable for the whole file."""
    encoding = detect(path, folded=True)
    titles: set[str] = set()
    for number, (_line, card) in enumerate(_cards(path, encoding)):
        if number > MAX_ROWS:
            break  # told when the rows are taken
        if not isinstance(card, Unreadable):
            titles |= cells_of(card).keys()
        if len(titles) > MAX_COLUMNS:
            raise too_many_columns(len(titles)).at(_line)
    header = ordered(titles) or ["FN"]
    return encoding, header, _rows(path, encoding, header)


def _rows(path: Path, encoding: str, header: list[str]) -> Iterator[Row]:
    for number, card in _cards(path, encoding):
        if isinstance(card, Unreadable):
            yield number, card
            continue
        cells = cells_of(card)
        yield number, [cells.get(title, "") for title in header]


def _cards(path: Path, encoding: str) -> Iterator[tuple[int, Card]]:
    """Each card with the line it begins on. Cards inside of others (AGENT) are left out."""
    begun = depth = size = 0
    card: list[Line] = []
    wrong: Unreadable | None = None
    after_binary = False
    for number, text in _unfolded(path, encoding):
        word = text.strip().upper()
        if word == BEGIN:
            depth += 1
            if depth == 1:
                begun, card, wrong, after_binary, size = number, [], None, False, 0
        elif depth == 0:
            if word:
                raise Unreadable("between_cards", "This line belongs to no card.", number)
        elif word == END:
            depth -= 1
            if depth == 0:
                yield begun, wrong or (_a_group() if is_group(card) else card)
        elif depth == 1 and word:
            size += len(text)
            line = parse(text)
            if len(card) == MAX_LINES or size > MAX_ROW:
                wrong, card = _too_long(), []
            elif line is not None:
                card.append(line)
                after_binary = line.name in BINARY
            elif not after_binary:
                reason = f"Line {number} of the file cannot be read, so that its card is left out."
                wrong = wrong or Unreadable("bad_card_line", reason, number, line=number)
    if depth:
        raise Unreadable("card_open", "This card begins and never ends; the file may be cut off.", begun)


def _too_long() -> Unreadable:
    reason = f"This card has more than {MAX_LINES} lines or {MAX_ROW} characters."
    return Unreadable("card_too_long", reason, most=MAX_LINES, characters=MAX_ROW)


def _a_group() -> Unreadable:
    return Unreadable("card_of_group", "This card is a group of others, not a contact.")


def _unfolded(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """Whole lines with the number of their first. Of pictures no more than the beginning is kept.

    Some programs fold in the middle of a letter: its bytes find each other when the line is whole.
    """
    by_bytes = encoding.startswith("utf-8")
    for number, text in _joined(path, encoding, "surrogateescape" if by_bytes else "replace"):
        yield number, text.encode(errors="surrogateescape").decode(errors="replace") if by_bytes else text


def _joined(path: Path, encoding: str, errors: str) -> Iterator[tuple[int, str]]:
    with path.open(encoding=encoding, errors=errors) as file:
        held, first, number = "", 0, 0
        while text := _physical(file, number + 1):
            number += 1
            text = text.rstrip("\n")
            soft = held.endswith("=") and _is_printable(held)
            if number > 1 and (soft or (text[:1] in {" ", "\t"} and held)):
                if not _is_binary(held):
                    held = held[:-1] + text.lstrip(" \t") if soft else held + text[1:]
                _refuse_long(held, first)
                continue
            if held:
                yield first, held
            held, first = text, number
            _refuse_long(held, first)
        if held:
            yield first, held


def _refuse_long(text: str, number: int) -> None:
    if len(text) > MAX_QUOTED and not _is_binary(text):
        reason = f"This line has more than {MAX_QUOTED} characters."
        raise Unreadable("card_line_too_long", reason, number, most=MAX_QUOTED)


def _physical(file: TextIOWrapper, number: int) -> str:
    text = file.readline(MAX_ROW + 1)
    if len(text) > MAX_ROW:
        reason = f"This line has more than {MAX_ROW} characters."
        raise Unreadable("card_line_too_long", reason, number, most=MAX_ROW)
    return text


def _head(text: str) -> str:
    return text[:200].partition(":")[0].upper()


def _is_printable(text: str) -> bool:
    return "QUOTED-PRINTABLE" in _head(text)


def _is_binary(text: str) -> bool:
    return _head(text).partition(";")[0].rpartition(".")[2] in BINARY
