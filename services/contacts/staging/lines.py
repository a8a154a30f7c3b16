"""The rows of a file as lines for COPY, some thousand at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from chassis.ids import new_id
from services.contacts.rules.import_rows import RowReader, StagedRow
from services.contacts.rules.repeats import MAX_KEYS, ORGANISATION_KEYS, PERSON_KEYS, Repeats
from services.contacts.spreadsheets import Table
from services.contacts.spreadsheets.limits import MAX_ROWS, Unreadable

ROWS_AT_ONCE, BYTES_AT_ONCE = 2_500, 4_000_000
"""What is stored together while the next rows are read; rows may be long."""
COPY = (
    'COPY import_rows (import_id, number, raw, state, code, reason, params, "column", person, organisation,'
    " affiliation, purchase, fingerprint, same_as, organisation_as, person_id, organisation_id) FROM STDIN"
)
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = b"\\N"


@dataclass(frozen=True)
class Part:
    """Some rows of a file, ready to be stored: the numbers of the first and the last, how many, how many rejected."""

    first: int
    last: int
    count: int
    rejected: int
    grown: dict[str, dict[str, str]]
    """Classes that these rows and those before bring: labels by code, by the code of their classification."""
    lines: bytes


def parts_of(import_id: str, table: Table, reader: RowReader) -> Iterator[Part]:
    """All rows of a file; raises Unreadable."""
    for lines in together(lines_of(import_id, table, reader)):
        rejected = sum(line.rejected for line in lines)
        content = b"".join(line.content for line in lines)
        yield Part(lines[0].number, lines[-1].number, len(lines), rejected, reader.grown, content)


class Line(NamedTuple):
    """A row as COPY reads it."""

    number: int
    content: bytes
    rejected: bool


def together(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """The lines, some thousand at a time."""
    for first in lines:
        read, size = [first], len(first.content)
        for line in lines:
            read.append(line)
            size += len(line.content)
            if len(read) == ROWS_AT_ONCE or size > BYTES_AT_ONCE:
                break
        yield read


def lines_of(import_id: str, table: Table, reader: RowReader) -> Iterator[Line]:
    """Each row as a line. Rows of one contact get one id, should it be new."""
    ids = NewIds(), NewIds()
    persons, organisations = Repeats(PERSON_KEYS), Repeats(ORGANISATION_KEYS)
    for row in _limited(reader.read(number, cells) for number, cells in table.rows):
        same_as = persons.first_of(row.number, row.person_keys) if row.person else None
        organisation_as = organisations.first_of(row.number, row.organisation_keys) if row.organisation else None
        if persons.keys + organisations.keys > MAX_KEYS:
            raise _too_many(row.number, row.number - 1)
        cells = _cells(import_id, row)
        cells += [NULL if each is None else b"%d" % each for each in (row.fingerprint, same_as, organisation_as)]
        cells.append(NULL if row.person is None else ids[0].of(same_as or row.number))
        cells.append(NULL if row.organisation is None else ids[1].of(organisation_as or row.number))
        yield Line(row.number, b"\t".join(cells) + b"\n", bool(row.reason))


def _limited(rows: Iterable[StagedRow | None]) -> Iterator[StagedRow]:
    count = 0
    for row in rows:
        if row is not None:
            count += 1
            if count > MAX_ROWS:
                raise _too_many(row.number, MAX_ROWS)
            yield row


def _too_many(number: int, most: int) -> Unreadable:
    return Unreadable("too_many_rows", f"The file has more than {most} rows; split it.", number, most=most)


class NewIds:
    """Ids for the rows of a file: a new one, of which the last 32 bits are the row's number."""

    def __init__(self) -> None:
        self._prefix = str(new_id())[:-8].encode()

    def of(self, number: int) -> bytes:
        """The id of a row."""
        return b"%s%08x" % (self._prefix, number)


def _cells(import_id: str, row: StagedRow) -> list[bytes]:
    return [
        import_id.encode(),
        b"%d" % row.number,
        _json(row.raw),
        b"rejected" if row.reason else b"staged",
        row.code.encode(),
        row.reason.translate(ESCAPES).encode(),
        _json(row.params),
        row.column.translate(ESCAPES).encode(),
        _json(row.person),
        _json(row.organisation),
        _json(row.affiliation),
        _json(row.purchase),
    ]


def _json(value: dict[str, Any] | None) -> bytes:
    return NULL if value is None else orjson.dumps(value).replace(b"\\", b"\\\\")
