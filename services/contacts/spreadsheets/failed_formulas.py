"""Cells of a workbook whose formula failed. Calamine gives them as empty ones, so that they are looked for in the XML
of the sheet; a sheet without the mark of such cells is searched for it and not parsed. There may be any number of them,
also in columns that nobody reads: each takes eight bytes."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import normpath
from typing import IO
from xml.parsers import expat
from zipfile import ZipFile

from services.contacts.rules.archives import BROKEN
from services.contacts.spreadsheets.limits import Unreadable

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MARKS = (b't="e"', b"t='e'")
BLOCK = 1 << 18
LONGEST_TAG = 1 << 20
LONGEST = 40
"""Characters of what such a cell shows."""
ROWS, COLUMNS = 1 << 20, 1 << 14
"""What a sheet may have; cells beyond are nobody's."""
MOST_KINDS = 1 << 8
"""Different things that such cells may show; spreadsheet programs know some ten."""
Attributes = dict[str, str]


class FailedCells:
    """What cells with a failed formula show, as `#N/A`."""

    def __init__(self) -> None:
        self._kinds: dict[str, int] = {}
        self._cells = array("Q")
        """Row, column and kind in one number, ascending once the sheet is read."""

    def add(self, row: int, column: int, text: str) -> None:
        """A cell at this place, both from 0. Raises Unreadable when no spreadsheet program shows so many things."""
        if not (0 <= row < ROWS and 0 <= column < COLUMNS):
            return
        kind = self._kinds.setdefault(text, len(self._kinds))
        if kind == MOST_KINDS:
            raise _damaged("kinds of errors")
        self._cells.append((row * COLUMNS + column) * MOST_KINDS + kind)

    def arrange(self) -> None:
        """Sort what came in another order; programs write row by row."""
        if any(self._cells[place] > self._cells[place + 1] for place in range(len(self._cells) - 1)):
            self._cells = array("Q", sorted(self._cells))

    def in_row(self, row: int) -> Iterator[tuple[int, str]]:
        """Columns and what their cells show, by column."""
        first = row * COLUMNS * MOST_KINDS
        place, words = bisect_left(self._cells, first), [*self._kinds]
        while place < len(self._cells) and self._cells[place] < first + COLUMNS * MOST_KINDS:
            cell, kind = divmod(self._cells[place], MOST_KINDS)
            yield cell % COLUMNS, words[kind]
            place += 1


def failed(path: Path, sheet: str) -> FailedCells:
    """The cells with a failed formula; raises Unreadable.

    None when the file does not say in the usual way where the sheet is.
    """
    try:
        with ZipFile(path) as archive:
            part = _part_of(archive, sheet)
            if part is None:
                return FailedCells()
            with archive.open(part) as content:
                if not _is_marked(content):
                    return FailedCells()
            with archive.open(part) as content:
                return _Cells().read(content)
    except (*BROKEN, expat.ExpatError) as error:
        raise _damaged(type(error).__name__) from None


def _part_of(archive: ZipFile, sheet: str) -> str | None:
    """The name of the sheet's part."""
    parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    if BOOK not in parts or RELATIONS not in parts:
        return None
    key = _attribute(archive, parts[BOOK], "sheet", ("name", sheet), "id")
    target = key and _attribute(archive, parts[RELATIONS], "Relationship", ("Id", key), "Target")
    return parts.get(normpath("/xl/" + target if target[0] != "/" else target)[1:].lower()) if target else None


def _attribute(archive: ZipFile, part: str, element: str, having: tuple[str, str], asked: str) -> str | None:
    """An attribute of the first such element that has another one; prefixes do not count."""
    name, value = having
    found: list[str] = []

    def look(tag: str, attributes: Attributes) -> None:
        if not found and _local(tag) == element and attributes.get(name) == value:
            found.extend(text for each, text in attributes.items() if _local(each) == asked)

    with archive.open(part) as content:
        _parse(expat.ParserCreate(), content, look)
    return found[0] if found else None


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_marked(content: IO[bytes]) -> bool:
    end = b""
    while block := content.read(BLOCK):
        block = end + block
        if any(mark in block for mark in MARKS):
            return True
        end = block[-len(MARKS[0]) :]
    return False


def _parse(parser: expat.XMLParserType, content: IO[bytes], begin: Callable[[str, Attributes], None]) -> None:
    """No program writes a document type into a workbook, whose entities could grow without end, nor a tag of a
    megabyte, which the parser would begin anew with every block."""
    taken = 0
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = begin
    while block := content.read(BLOCK):
        parser.Parse(block)
        taken += len(block)
        if taken - parser.CurrentByteIndex > LONGEST_TAG:
            raise _damaged("long tag")


def _refuse(*_declared: object) -> None:
    raise _damaged("document type")


def _damaged(found: str) -> Unreadable:
    return Unreadable("damaged", f"This XLSX file cannot be read: {found}.")


class _Cells:
    """Finds such cells. A row or cell that does not say where it stands follows the one before it."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._found = FailedCells()
        self._row = 0
        """From 1, as in the file."""
        self._place, self._after = "", 0
        """The last cell of the row that said where it stands, and how many followed it."""
        self._text = ""

    def read(self, content: IO[bytes]) -> FailedCells:
        _parse(self._parser, content, self._begin)
        self._found.arrange()
        return self._found

    def _begin(self, tag: str, attributes: Attributes) -> None:
        name = _local(tag)
        if name == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._place, self._after = "", 0
        elif name == "c":
            place = attributes.get("r")
            self._place, self._after = (place, 0) if place else (self._place, self._after + 1)
            if attributes.get("t") == "e":
                self._text = ""
                self._parser.EndElementHandler = self._end
        elif name == "v" and self._parser.EndElementHandler:
            self._parser.CharacterDataHandler = self._add

    def _add(self, text: str) -> None:
        if len(self._text) < LONGEST:
            self._text += text[:LONGEST]

    def _end(self, tag: str) -> None:
        self._parser.CharacterDataHandler = None
        if _local(tag) == "c":
            self._parser.EndElementHandler = None
            self._keep(self._text.strip())

    def _keep(self, text: str) -> None:
        if not text:
            return
        letters = self._place.rstrip("0123456789")
        row = int(self._place[len(letters) :]) if letters and not self._after else self._row
        self._found.add(row - 1, _number(letters) + self._after - 1, text)


def _number(letters: str) -> int:
    """A is 1, AA is 27, no letters are 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
