"""CSV and its relatives: semicolons, commas, tabs or bars, quoted or not."""

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path

from services.contacts.rules.columns import known_headers
from services.contacts.spreadsheets.encoding import CODE_PAGES, detect, plausibility
from services.contacts.spreadsheets.limits import MAX_COLUMNS, MAX_QUOTED, MAX_ROW, Unreadable, too_many_columns

DELIMITERS = ";,\t|"
SAMPLE_LINES = 20
SAID = re.compile(r'"?sep=([;,\t|])"?\s*', re.IGNORECASE)
"""How Excel and programs that write for it say the delimiter, in a first line of its own."""


def rows(path: Path) -> tuple[str, str, Iterator[list[str]]]:
    """Encoding, delimiter, and all rows (empty lines, and one that says the delimiter, as []); the iterator raises
    Unreadable."""
    encoding = detect(path)
    with _open(path, encoding) as text:
        sample = [line for line in (text.readline(MAX_QUOTED) for _ in range(SAMPLE_LINES)) if line]
    said = SAID.fullmatch(sample[0]) if sample else None
    delimiter = said[1] if said else find_delimiter(sample)
    parsed = _parsed(path, encoding, delimiter)
    found = chain([[]], islice(parsed, 1, None)) if said else parsed
    return encoding, delimiter, _in_one(encoding, found) if encoding in CODE_PAGES else found


def _in_one(code_page: str, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """In a file of an old code page, cells that are UTF-8: their letters become U+FFFD, as foreign bytes do."""
    for row in rows:
        yield row if "".join(row).isascii() else [_of_code_page(cell, code_page) for cell in row]


def _of_code_page(cell: str, code_page: str) -> str:
    if cell.isascii():
        return cell
    content = cell.encode(code_page, "replace")
    try:
        otherwise = content.decode("utf-8")
    except UnicodeDecodeError:
        return cell
    return content.decode("ascii", "replace") if plausibility(otherwise) > plausibility(cell) else cell


def _open(path: Path, encoding: str) -> TextIOWrapper:
    """Bytes that the encoding does not know become U+FFFD, and their rows are rejected one by one."""
    return path.open(encoding=encoding, errors="replace", newline="")


def find_delimiter(lines: list[str]) -> str:
    """The delimiter under which the first line has most headers we know, else the one that occurs most evenly."""
    header = next((line for line in lines if line.strip()), "")

    def fitness(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        counts = [line.count(delimiter) for line in lines if line.strip()]
        return known_headers(cells[:MAX_COLUMNS]), min(counts, default=0)

    return max(DELIMITERS, key=fitness)


class _Lines:
    """The lines of a file, as many as fit into one row; `begin` starts the next row."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self.begin()

    def begin(self) -> None:
        self._left = MAX_ROW

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._left -= len(line)
        if self._left < 0:
            reason = f"This row has more than {MAX_ROW} characters; is this a table with a row per line?"
            raise Unreadable("row_too_long", reason, most=MAX_ROW)
        return line


def _parsed(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_QUOTED)
    number = 0
    with _open(path, encoding) as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            number += 1
            lines.begin()
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise Unreadable(*_explained(str(error)), number) from None
            except Unreadable as error:
                raise error.at(number) from None
            if cells is None:
                return
            if len(cells) > MAX_COLUMNS:
                raise too_many_columns(len(cells)).at(number)
            yield cells


def _explained(error: str) -> tuple[str, str]:
    """Code and sentence of what the parser says."""
    if "NUL" in error:
        return "not_text_file", "The file holds a NUL character."
    if "field larger" in error or "unexpected end" in error:
        return "quotation_open", "A quotation mark is opened in this row and never closed."
    return (
        "after_quotation",
        "Something follows a closing quotation mark in this row; double the quotation marks inside cells.",
    )
