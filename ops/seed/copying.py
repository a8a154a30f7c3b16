"""Writing rows by COPY, chunk by chunk in one transaction, so that memory stays the same however many there are."""

import io
import json
from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any

from psycopg2.errors import UniqueViolation
from sqlalchemy import JSON
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.database import Database
from chassis.ids import new_id
from contracts.contacts.persons import PersonsChanged
from ops.seed.rows import Row, Rows
from services.contacts import models

PERSONS_PER_EVENT = 1_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class SeededBefore(ValueError):
    """The database holds contacts of this seed."""


def write(database: Database, chunks: Iterable[Rows]) -> Iterable[int]:
    """Write all chunks or none; yields the number of contacts after each chunk. Raises SeededBefore."""
    written = 0
    try:
        with database.transaction() as session:
            for chunk in chunks:
                for model, rows in chunk.by_model():
                    copy(session, model, rows)
                _tell(session, chunk)
                written += len(chunk.persons) + len(chunk.organisations)
                yield written
    except UniqueViolation as error:
        raise SeededBefore(
            f"The database holds contacts of this seed already ({error.diag.constraint_name}); choose another --seed."
        ) from None


def settle(database: Database) -> None:
    """Let the planner know the new sizes and the trigram indexes take in what they have put off."""
    with database.reader() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        for table in models.Base.metadata.sorted_tables:
            if table.name in {"persons", "organisations", "affiliations", "changes", "value_sources"}:
                connection.exec_driver_sql(f"VACUUM (ANALYZE) {table.name}")
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
