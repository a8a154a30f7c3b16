"""Staging: the rows of a file, read and checked, go into `import_rows` by COPY."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.rules.import_rows import RowReader, StagedRow
from services.contacts.rules.repeats import ORGANISATION_KEYS, PERSON_KEYS, Repeats
from services.contacts.spreadsheets import Table
from services.contacts.spreadsheets.limits import MAX_ROWS, Unreadable

BATCH = 2_000
MOST_CHARACTERS = 4_000_000
"""Of the lines of a batch, so that rows of many long cells do not pile up in memory."""
COPY = (
    'COPY import_rows (import_id, number, raw, state, code, reason, params, "column", person, organisation,'
    " affiliation, purchase, fingerprint, same_as, organisation_as) FROM STDIN"
)
PATIENCE = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
"""A large workbook is unpacked before its first row comes."""
ANALYZE = (
    "ANALYZE import_rows (import_id, number, state, same_as, organisation_as, person_id, organisation_id, affiliation,"
    " fingerprint)"
)
"""What follows joins the rows of a file that the planner has not seen; to look at all they say would take longer."""
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


def stage(session: Session, import_id: UUID, table: Table, reader: RowReader) -> tuple[int, int]:
    """Store all rows of a file; how many there are, and how many of them are rejected. Raises Unreadable."""
    session.execute(PATIENCE)
    connection: Any = session.connection().connection
    count = rejected = 0
    lines = lines_of(str(import_id), table, reader)
    with connection.cursor() as cursor:
        for batch in batches(lines):
            count += len(batch)
            rejected += sum(was_rejected for _, was_rejected in batch)
            cursor.copy_expert(COPY, BytesIO("".join(line for line, _ in batch).encode()))
        cursor.execute(ANALYZE)
    if count == 0:
        raise Unreadable("headings_only", "The file has headings but no rows below them.")
    return count, rejected


def batches(lines: Iterable[tuple[str, bool]]) -> Iterator[list[tuple[str, bool]]]:
    """Lines put together for COPY, few of long ones."""
    batch: list[tuple[str, bool]] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line[0])
        if len(batch) == BATCH or size > MOST_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def lines_of(import_id: str, table: Table, reader: RowReader) -> Iterator[tuple[str, bool]]:
    """Each row as a line for COPY, and whether it is rejected."""
    persons, organisations = Repeats(PERSON_KEYS), Repeats(ORGANISATION_KEYS)
    for row in _limited(reader.read(number, cells) for number, cells in table.rows):
        same_as = persons.first_of(row.number, row.person_keys) if row.person else None
        organisation_as = organisations.first_of(row.number, row.organisation_keys) if row.organisation else None
        yield _line(import_id, row, same_as, organisation_as), bool(row.reason)


def _limited(rows: Iterable[StagedRow | None]) -> Iterator[StagedRow]:
    count = 0
    for row in rows:
        if row is not None:
            count += 1
            if count > MAX_ROWS:
                reason = f"The file has more than {MAX_ROWS} rows; split it."
                raise Unreadable("too_many_rows", reason, row.number, most=MAX_ROWS)
            yield row


def _line(import_id: str, row: StagedRow, same_as: int | None, organisation_as: int | None) -> str:
    cells = (
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
        *(NULL if each is None else str(each) for each in (row.fingerprint, same_as, organisation_as)),
    )
    return "\t".join(cells) + "\n"


def _json(value: dict[str, Any] | None) -> str:
    return NULL if value is None else orjson.dumps(value).decode().replace("\\", "\\\\")
