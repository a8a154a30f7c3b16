"""CSV as Finnish spreadsheets open it, with no cell that they would take for a formula."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from chassis.formulas import inert


def as_csv(headings: Iterable[Any], rows: Iterable[Iterable[Any]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons between cells."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([inert(cell) for cell in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
