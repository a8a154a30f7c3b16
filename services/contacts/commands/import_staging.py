"""Staging: the rows of a file, read and checked, go into `import_rows` by COPY."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.contacts.rules.import_rows import RowReader, StagedRow
from services.contacts.rules.repeats import ORGANISATION_KEYS, PERSON_KEYS, Repeats
from services.contacts.spreadsheets import Table
from services.contacts.spreadsheets.limits import MAX_ROWS, Unreadable

AT_ONCE = 64_000
"""Characters that are handed to COPY together."""
COPY = (
    'COPY import_rows (import_id, number, raw, state, code, reason, params, "column", person, organisation,'
    " affiliation, purchase, fingerprint, same_as, organisation_as, person_id, organisation_id) FROM STDIN"
)
PATIENCE = text("SET LOCAL statement_timeout = '10min'")
"""COPY waits for the rows of the file; a large workbook is unpacked before its first one comes."""
ANALYZE = (
    "ANALYZE import_rows (import_id, number, state, same_as, organisation_as, person_id, organisation_id, affiliation,"
    " fingerprint)"
)
"""What follows joins the rows of a file that the planner has not seen; to look at all they say would take longer."""
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


class Lines:
    """Lines as COPY reads them: while PostgreSQL stores some, the next are made."""

    def __init__(self, lines: Iterator[tuple[str, bool]]) -> None:
        self._lines = lines
        self.count = self.rejected = 0
        self.error: Exception | None = None
        """What ended the reading too early; psycopg2 would tell only its text, and the server's log too."""

    def read(self, _size: int = 0) -> bytes:
        """Some lines, more or less of the size that is asked for; nothing at the end."""
        read, length = list[str](), 0
        try:
            for line, was_rejected in self._lines:
                read.append(line)
                self.rejected += was_rejected
                length += len(line)
                if length > AT_ONCE:
                    break
        except Exception as error:
            self.error = error
            return b""
        self.count += len(read)
        return "".join(read).encode()


def stage(session: Session, import_id: UUID, table: Table, reader: RowReader) -> tuple[int, int]:
    """Store all rows of a file; how many there are, and how many of them are rejected. Raises Unreadable."""
    session.execute(PATIENCE)
    connection: Any = session.connection().connection
    lines = Lines(lines_of(str(import_id), table, reader))
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, lines)
        if lines.error is not None:
            raise lines.error
        cursor.execute(ANALYZE)
    if lines.count == 0:
        raise Unreadable("headings_only", "The file has headings but no rows below them.")
    return lines.count, lines.rejected


def lines_of(import_id: str, table: Table, reader: RowReader) -> Iterator[tuple[str, bool]]:
    """Each row as a line for COPY, and whether it is rejected. Rows of one contact get one id, should it be new."""
    ids = NewIds(), NewIds()
    persons, organisations = Repeats(PERSON_KEYS), Repeats(ORGANISATION_KEYS)
    for row in _limited(reader.read(number, cells) for number, cells in table.rows):
        same_as = persons.first_of(row.number, row.person_keys) if row.person else None
        organisation_as = organisations.first_of(row.number, row.organisation_keys) if row.organisation else None
        cells = _cells(import_id, row)
        cells += [NULL if each is None else str(each) for each in (row.fingerprint, same_as, organisation_as)]
        cells.append(NULL if row.person is None else ids[0].of(same_as or row.number))
        cells.append(NULL if row.organisation is None else ids[1].of(organisation_as or row.number))
        yield "\t".join(cells) + "\n", bool(row.reason)


def _limited(rows: Iterable[StagedRow | None]) -> Iterator[StagedRow]:
    count = 0
    for row in rows:
        if row is not None:
            count += 1
            if count > MAX_ROWS:
                reason = f"The file has more than {MAX_ROWS} rows; split it."
                raise Unreadable("too_many_rows", reason, row.number, most=MAX_ROWS)
            yield row


class NewIds:
    """Ids for the rows of a file: a new one, of which the last 32 bits are the row's number."""

    def __init__(self) -> None:
        self._prefix = str(new_id())[:-8]

    def of(self, number: int) -> str:
        """The id of a row."""
        return f"{self._prefix}{number:08x}"


def _cells(import_id: str, row: StagedRow) -> list[str]:
    return [
        import_id,
        str(row.number),
        _json(row.raw),
        "rejected" if row.reason else "staged",
        row.code,
        row.reason.translate(ESCAPES),
        _json(row.params),
        row.column.translate(ESCAPES),
        _json(row.person),
        _json(row.organisation),
        _json(row.affiliation),
        _json(row.purchase),
    ]


def _json(value: dict[str, Any] | None) -> str:
    return NULL if value is None else orjson.dumps(value).decode().replace("\\", "\\\\")
