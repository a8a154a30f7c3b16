"""Writing rows by COPY, chunk by chunk in one transaction, so that memory stays the same however many there are.

The next chunk is made while PostgreSQL takes the one before. Indexes that many new rows would grow one entry at a time
are taken away and made anew in that transaction: whatever ends it before its time, they are there as before.
"""

import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any

from psycopg2.errors import UniqueViolation
from sqlalchemy import JSON, text
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.database import Database
from chassis.ids import new_id
from contracts.contacts.persons import PersonsChanged
from ops.seed import ahead, facts
from ops.seed.rows import Row, Rows
from services.contacts import models
from services.contacts.commands import fields

PERSONS_PER_EVENT = 1_000
KEPT = models.KeptPoint.__tablename__
"""Filled by triggers."""
SEEDED = (*(model.__tablename__ for model, _rows in Rows().by_model()), KEPT)
INDEXES = text(
    """
    SELECT c.relname AS name, pg_get_indexdef(c.oid) AS statement
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname = ANY(:tables) AND t.relnamespace = 'public'::regnamespace AND NOT i.indisunique
    ORDER BY t.relname, c.relname
    """
)
BUILDING = text("SELECT set_config('maintenance_work_mem', '512MB', true), set_config('lock_timeout', '10s', true)")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class SeededBefore(ValueError):
    """The database holds contacts of this seed."""


def write(database: Database, chunks: Iterable[Rows], *, many: bool = False) -> Iterator[int]:
    """Write all chunks or none; yields the number of contacts after each chunk. Raises SeededBefore.

    With `many`, indexes are made anew at the end and nobody else reads the tables meanwhile.
    """
    written = 0
    try:
        with database.transaction() as session:
            for definition in facts.FIELDS:
                fields.define(session, definition)
            indexes = _take_away_indexes(session) if many else []
            for chunk in ahead.ahead(chunks):
                for model, rows in chunk.by_model():
                    copy(session, model, rows)
                _tell(session, chunk)
                written += len(chunk.persons) + len(chunk.organisations)
                yield written
            for index in indexes:
                session.execute(text(index))
    except UniqueViolation as error:
        raise SeededBefore(
            f"The database holds contacts of this seed already ({error.diag.constraint_name}); choose another --seed."
        ) from None


def _take_away_indexes(session: Session) -> list[str]:
    """Drop the indexes of the seeded tables that no constraint needs; the statements that make them anew."""
    session.execute(BUILDING)
    found = session.execute(INDEXES, {"tables": [*SEEDED]}).all()
    for row in found:
        session.execute(text(f'DROP INDEX "{row.name}"'))
    return [row.statement for row in found]


def settle(database: Database) -> None:
    """Let the planner know the new sizes and the trigram indexes take in what they have put off."""
    with database.reader() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for name in (*SEEDED, models.NameWord.__tablename__):
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {name}")
    database.dispose()


def copy(session: Session, model: type[models.Base], rows: list[Row]) -> None:
    """One COPY into the columns that the rows name."""
    if not rows:
        return
    buffer = io.StringIO()
    forms = {name: _json if isinstance(model.__table__.c[name].type, JSON) else _plain for name in rows[0]}
    for row in rows:
        buffer.write("\t".join(["\\N" if row[name] is None else form(row[name]) for name, form in forms.items()]))
        buffer.write("\n")
    buffer.seek(0)
    columns = ", ".join(f'"{name}"' for name in forms)
    cursor = session.connection().connection.cursor()
    cursor.copy_expert(f"COPY {model.__table__.name} ({columns}) FROM STDIN", buffer)  # type: ignore[attr-defined]


def _tell(session: Session, chunk: Rows) -> None:
    ids = [row["id"] for row in chunk.persons]
    parts = (ids[start : start + PERSONS_PER_EVENT] for start in range(0, len(ids), PERSONS_PER_EVENT))
    outbox.record_all(session, (PersonsChanged(change_id=new_id(), person_ids=part) for part in parts))


def _plain(value: Any) -> str:
    """The value in COPY's text format."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).translate(ESCAPES)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
