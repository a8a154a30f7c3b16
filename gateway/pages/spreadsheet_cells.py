"""CSV as Finnish spreadsheets open it, with no cell that they would take for a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(headings: Iterable[Any], rows: Iterable[Iterable[Any]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons between cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([inert(cell) for cell in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def inert(cell: Any) -> str:
    """The cell's text, with an apostrophe before what a spreadsheet would calculate; phone numbers stay as they are."""
    text = "" if cell is None else str(cell)
    is_number = text[:1] in "+-" and text[1:].replace(" ", "").isdigit()
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text
