"""The process that unpacks an XLSX file: its sheet as CSV on stdout, or why not (JSON) on stderr with exit
code 3.

    python -m services.contacts.spreadsheets.unpacking FILE

It limits its own memory, time and output before it looks at the file, and is given none of the suite's settings and
secrets.
"""

import csv
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.contacts.rules.archives import BROKEN
from services.contacts.spreadsheets.failed_formulas import failed
from services.contacts.spreadsheets.limits import (
    MAX_COLUMNS,
    MAX_MEMORY_BYTES,
    MAX_PARTS,
    MAX_RATIO,
    MAX_SECONDS,
    MAX_UNPACKED_BYTES,
    Unreadable,
    not_a_table,
    too_many_columns,
)
from services.contacts.spreadsheets.workbook import REFUSED

SMALL = 1_000_000


def main(path: Path) -> int:
    """Write the rows; the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_UNPACKED_BYTES, MAX_UNPACKED_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _check_archive(path)
        writer = csv.writer(TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline=""), lineterminator="\n")
        writer.writerows(_rows(path))
    except Unreadable as error:
        sys.stderr.write(json.dumps({"code": error.code, "reason": error.reason, **error.params}))
        return REFUSED
    return 0


def _check_archive(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except BROKEN as error:
        raise Unreadable("damaged", f"This XLSX file is damaged ({type(error).__name__}).") from None
    size = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS:
        reason = f"This XLSX file has {len(parts)} parts; at most {MAX_PARTS} are taken."
        raise Unreadable("unpacks_too_large", reason)
    if not any(part.filename.startswith("xl/") for part in parts):
        raise not_a_table()
    if size > MAX_UNPACKED_BYTES:
        reason = f"This XLSX file unpacks to {size} bytes; at most {MAX_UNPACKED_BYTES} are taken."
        raise Unreadable("unpacks_too_large", reason)
    if size > SMALL and size > MAX_RATIO * path.stat().st_size:
        reason = "This XLSX file is packed suspiciously tight; save it again with a spreadsheet program."
        raise Unreadable("packed_too_tight", reason)


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        sheet = _shown_sheet(CalamineWorkbook.from_path(str(path)))
        values = sheet.iter_rows()
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise Unreadable("damaged", f"This XLSX file cannot be read: {type(error).__name__}.") from None
    width = sheet.end[1] + 1 if sheet.end else 0
    if width > MAX_COLUMNS:
        raise too_many_columns(width)
    left = sheet.start[1] if sheet.start else 0
    errors = failed(path, sheet.name)
    for number, cells in enumerate(values):  # from the top of the sheet on, also when its first rows are empty
        row = [as_text(cell) for cell in cells]
        for column, text in errors.in_row(number):
            if left <= column < left + len(row):
                row[column - left] = text
        yield row if any(row) else []


def _shown_sheet(book: CalamineWorkbook) -> CalamineSheet:
    """The first sheet that is not hidden and not empty; when all of these are empty, the first of them."""
    shown = [
        number
        for number, each in enumerate(book.sheets_metadata)
        if (each.typ, each.visible) == (SheetTypeEnum.WorkSheet, SheetVisibleEnum.Visible)
    ]
    sheets = (book.get_sheet_by_index(number) for number in shown)
    return next((sheet for sheet in sheets if sheet.end), None) or book.get_sheet_by_index(shown[0] if shown else 0)


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


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
