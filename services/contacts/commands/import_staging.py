"""Staging: the rows of a file, read and checked, go into `import_rows` by COPY."""

import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.contacts.rules.import_rows import RowReader, StagedRow
from services.contacts.rules.repeats import ORGANISATION_KEYS, PERSON_KEYS, Repeats
from services.contacts.spreadsheets import Table
from services.contacts.spreadsheets.limits import MAX_ROWS, Unreadable

ROWS_AT_ONCE, CHARACTERS_AT_ONCE = 2_500, 4_000_000
"""What is stored together while the next rows are read; rows may be long."""
COPY = (
    'COPY import_rows (import_id, number, raw, state, code, reason, params, "column", person, organisation,'
    " affiliation, purchase, fingerprint, same_as, organisation_as, person_id, organisation_id) FROM STDIN"
)
ANALYZE = text(
    "ANALYZE import_rows (import_id, number, state, same_as, organisation_as, person_id, organisation_id, affiliation,"
    " fingerprint)"
)
"""What follows joins the rows of a file that the planner has not seen; to look at all they say would take longer."""
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"


@dataclass(frozen=True)
class Part:
    """Some rows of a file, ready to be stored: the numbers of the first and the last, how many, how many rejected."""

    first: int
    last: int
    count: int
    rejected: int
    lines: str


Then = Callable[[Part], None]


def stage(session: Session, import_id: UUID, table: Table, reader: RowReader, then: Then) -> tuple[int, int]:
    """Store all rows of a file; how many there are, and how many of them are rejected. Raises Unreadable.

    While the next rows are read, a thread stores those before and does `then` what can be done with them.
    """
    count = rejected = 0
    for part in _stored(session, parts_of(lines_of(str(import_id), table, reader)), then):
        count, rejected = count + part.count, rejected + part.rejected
    if count == 0:
        raise Unreadable("headings_only", "The file has headings but no rows below them.")
    session.execute(ANALYZE)
    return count, rejected


def _stored(session: Session, parts: Iterable[Part], then: Then) -> Iterator[Part]:
    """The parts, each after it was stored; one is stored at a time, and nothing else may use the session meanwhile."""
    stored: Future[Part] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="storing") as pool:
        for part in parts:
            if stored:
                yield stored.result()
            stored = pool.submit(_store, session, part, then)
        if stored:
            yield stored.result()


def _store(session: Session, part: Part, then: Then) -> Part:
    connection: Any = session.connection().connection
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, io.StringIO(part.lines))
    then(part)
    return part


def parts_of(lines: Iterator["Line"]) -> Iterator[Part]:
    """The lines, some thousand at a time."""
    for first in lines:
        read, size = [first], len(first.text)
        for line in lines:
            read.append(line)
            size += len(line.text)
            if len(read) == ROWS_AT_ONCE or size > CHARACTERS_AT_ONCE:
                break
        rejected = sum(line.rejected for line in read)
        yield Part(first.number, read[-1].number, len(read), rejected, "".join(line.text for line in read))


class Line(NamedTuple):
    """A row as COPY reads it."""

    number: int
    text: str
    rejected: bool


def lines_of(import_id: str, table: Table, reader: RowReader) -> Iterator[Line]:
    """Each row as a line. Rows of one contact get one id, should it be new."""
    ids = NewIds(), NewIds()
    persons, organisations = Repeats(PERSON_KEYS), Repeats(ORGANISATION_KEYS)
    for row in _limited(reader.read(number, cells) for number, cells in table.rows):
        same_as = persons.first_of(row.number, row.person_keys) if row.person else None
        organisation_as = organisations.first_of(row.number, row.organisation_keys) if row.organisation else None
        cells = _cells(import_id, row)
        cells += [NULL if each is None else str(each) for each in (row.fingerprint, same_as, organisation_as)]
        cells.append(NULL if row.person is None else ids[0].of(same_as or row.number))
        cells.append(NULL if row.organisation is None else ids[1].of(organisation_as or row.number))
        yield Line(row.number, "\t".join(cells) + "\n", bool(row.reason))


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
