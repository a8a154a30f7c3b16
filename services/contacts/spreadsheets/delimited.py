"""CSV and its relatives: semicolons, commas, tabs or bars, quoted or not."""

import csv
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path

from services.contacts.rules.columns import known_headers
from services.contacts.spreadsheets.encoding import detect
from services.contacts.spreadsheets.limits import MAX_CELL, MAX_COLUMNS, Unreadable

DELIMITERS = ";,\t|"
MAX_QUOTED = 10 * MAX_CELL
"""Longest quoted cell the parser takes before it says that a quotation mark was never closed."""
SAMPLE_LINES = 20


def rows(path: Path) -> tuple[str, str, Iterator[list[str]]]:
    """Encoding, delimiter, and all rows (empty ones as []); the iterator raises Unreadable."""
    encoding = detect(path)
    with _open(path, encoding) as text:
        sample = [line for line in (text.readline(MAX_QUOTED) for _ in range(SAMPLE_LINES)) if line]
    delimiter = find_delimiter(sample)
    return encoding, delimiter, _parsed(path, encoding, delimiter)


def _open(path: Path, encoding: str) -> TextIOWrapper:
    """Bytes that the encoding does not know become U+FFFD, and their rows are rejected one by one."""
    return path.open(encoding=encoding, errors="replace", newline="")


def find_delimiter(lines: list[str]) -> str:
    """The delimiter under which the first line has most headers we know, else the one that occurs most evenly."""
    header = next((line for line in lines if line.strip()), "")

    def fitness(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        counts = [line.count(delimiter) for line in lines if line.strip()]
        return known_headers(cells), min(counts, default=0)

    return max(DELIMITERS, key=fitness)


def _parsed(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_QUOTED)
    number = 0
    with _open(path, encoding) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        while True:
            number += 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise Unreadable(_explained(str(error)), number) from None
            if cells is None:
                return
            if len(cells) > MAX_COLUMNS:
                raise Unreadable(f"There are {len(cells)} columns; at most {MAX_COLUMNS} are taken.", number)
            yield cells


def _explained(error: str) -> str:
    if "NUL" in error:
        return "The file holds a NUL character."
    if "field larger" in error or "unexpected end" in error:
        return "A quotation mark is opened in this row and never closed."
    return "Something follows a closing quotation mark in this row; double the quotation marks inside cells."
