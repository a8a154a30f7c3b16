"""Tables in files of users: CSV of any common encoding and delimiter, XLSX, and vCards; read row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.contacts.spreadsheets import cards, delimited, workbook
from services.contacts.spreadsheets.limits import Unreadable

__all__ = ["Table", "Unreadable", "read"]


@dataclass
class Table:
    """A file's first row with content, and the rows after it, numbered as in the file (the first row is 1).

    A vCard that cannot be read comes as the reason why.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str] | Unreadable]]
    encoding: str
    delimiter: str


def read(path: Path) -> Table:
    """The table in a file; raises Unreadable at once or while its rows are taken."""
    if cards.is_cards(path):
        encoding, header, found = cards.table(path)
        return Table(header, found, encoding, "vcard")
    if workbook.is_workbook(path):
        encoding, delimiter, rows = "xlsx", "", workbook.rows(path)
    else:
        encoding, delimiter, rows = delimited.rows(path)
    numbered = enumerate(rows, start=1)
    for number, cells in numbered:
        if any(cell.strip() for cell in cells):
            if any("\ufffd" in cell for cell in cells):
                reason = "A heading holds characters of another encoding than the rest; save the file as UTF-8."
                raise Unreadable("heading_encoding", reason, number)
            return Table(cells, numbered, encoding, delimiter)
    raise Unreadable("no_rows", "The file has no rows.")
