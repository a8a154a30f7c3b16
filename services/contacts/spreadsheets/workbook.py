"""XLSX: the first sheet. Checked for bombs before it is unpacked: sizes, ratio, and how far its cells reach."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from python_calamine import CalamineError, CalamineWorkbook

from services.contacts.spreadsheets.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_PARTS,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    Unreadable,
)

SMALL = 1_000_000
BLOCK = 1 << 20
OVERLAP = 200
CELL = re.compile(rb'<(?:\w{1,8}:)?c\s(?:[^<>]{0,150}\s)?r="([A-Z]{1,3})([0-9]{1,7})"')


def is_workbook(path: Path) -> bool:
    """Whether the file is a ZIP archive, as XLSX is; an old XLS or PDF is refused."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable("This is not CSV or XLSX; save the sheet as XLSX and try again.")
    return start.startswith(b"PK") and is_zipfile(path)


def rows(path: Path) -> Iterator[list[str]]:
    """All rows of the first sheet from its first row on, cells as text."""
    _check(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        values = sheet.iter_rows()
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise Unreadable(f"This XLSX file cannot be read: {type(error).__name__}.") from None
    first_row = sheet.start[0] if sheet.start else 0
    for _ in range(first_row):
        yield []
    for cells in values:
        yield [as_text(cell) for cell in cells]


def _check(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or size > MAX_UNPACKED_BYTES:
                raise Unreadable(f"This XLSX file unpacks to {size} bytes; at most {MAX_UNPACKED_BYTES} are taken.")
            if size > SMALL and size > MAX_RATIO * path.stat().st_size:
                raise Unreadable(
                    "This XLSX file is packed suspiciously tight; save it again with a spreadsheet program."
                )
            if archive.testzip() is not None:  # sizes in the directory that lie do not pass the checksum
                raise Unreadable("This XLSX file is damaged.")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _check_reach(archive, part.filename)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Unreadable(f"This XLSX file is damaged ({type(error).__name__}).") from None


def _check_reach(archive: ZipFile, name: str) -> None:
    """Refuse a sheet whose cells reach so far that a table of them would not fit into memory."""
    last_row = last_column = 0
    with archive.open(name) as sheet:
        rest = b""
        while block := sheet.read(BLOCK):
            for found in CELL.finditer(rest + block):
                last_row = max(last_row, int(found[2]))
                if len(found[1]) > 1:
                    last_column = max(last_column, _column(found[1]))
            rest = block[-OVERLAP:]
    if last_column > MAX_COLUMNS:
        raise Unreadable(f"There are {last_column} columns; at most {MAX_COLUMNS} are taken.")
    if last_row * max(last_column, 26) > MAX_CELLS:
        raise Unreadable(
            f"The sheet reaches to row {last_row}; it is too large. Split it, or remove stray cells below."
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def as_text(cell: Any) -> str:
    """A cell as a person would type it: 40.0 is 40, dates are ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
