"""Staging: the rows of a file, read and checked, go into `import_rows` by COPY."""

from collections.abc import Iterable
from io import StringIO
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.rules.import_rows import StagedRow

KEYS = ("number_key", "email_key", "birth_key", "fingerprint", "organisation_key")
COPY = (
    'COPY import_rows (import_id, number, raw, state, reason, "column", person, organisation, affiliation,'
    f" {', '.join(KEYS)}) FROM STDIN"
)
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"

FIND_REPEATS = text(
    """
    UPDATE import_rows r SET same_as = f.first
    FROM (
        SELECT number, least(
            CASE WHEN number_key IS NOT NULL THEN min(number) OVER (PARTITION BY number_key) END,
            CASE WHEN email_key IS NOT NULL THEN min(number) OVER (PARTITION BY email_key) END,
            CASE WHEN birth_key IS NOT NULL THEN min(number) OVER (PARTITION BY birth_key) END,
            CASE WHEN fingerprint IS NOT NULL THEN min(number) OVER (PARTITION BY fingerprint) END,
            CASE WHEN person IS NULL THEN min(number) OVER (PARTITION BY person IS NULL, organisation_key) END
        ) AS first
        FROM import_rows WHERE import_id = :import_id AND state = 'staged'
    ) f
    JOIN import_rows e ON e.import_id = :import_id AND e.number = f.first
    WHERE r.import_id = :import_id AND r.number = f.number AND f.first < f.number
      AND (r.number_key IS NULL OR e.number_key IS NULL OR r.number_key = e.number_key)
      AND (r.birth_key IS NULL OR e.birth_key IS NULL OR r.birth_key = e.birth_key)
    """
)
"""Rows of one person within the file point to the first of them, unless number or date of birth speak against it."""
FOLLOW_REPEATS = text(
    """
    UPDATE import_rows r SET same_as = e.same_as
    FROM import_rows e
    WHERE r.import_id = :import_id AND e.import_id = :import_id AND e.number = r.same_as AND e.same_as IS NOT NULL
    """
)


def stage(session: Session, import_id: UUID, rows: Iterable[StagedRow]) -> tuple[int, int]:
    """Store the rows; how many there were, and how many of them are rejected."""
    buffer, count, rejected = StringIO(), 0, 0
    prefix = str(import_id)
    for row in rows:
        count += 1
        rejected += bool(row.reason)
        buffer.write(_line(prefix, row))
    buffer.seek(0)
    connection: Any = session.connection().connection
    with connection.cursor() as cursor:
        cursor.copy_expert(COPY, buffer)
    return count, rejected


def _line(import_id: str, row: StagedRow) -> str:
    keys = row.keys
    return (
        "\t".join(
            (
                import_id,
                str(row.number),
                _json(row.raw),
                "rejected" if row.reason else "staged",
                row.reason.translate(ESCAPES),
                row.column.translate(ESCAPES),
                _json(row.person) if row.person else NULL,
                _json(row.organisation) if row.organisation else NULL,
                _json(row.affiliation) if row.affiliation else NULL,
                *(str(keys[name]) if name in keys else NULL for name in KEYS),
            )
        )
        + "\n"
    )


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode().replace("\\", "\\\\")


def link_repeats(session: Session, import_id: UUID) -> None:
    """Find the rows that repeat a person or an organisation of an earlier row."""
    found = {"import_id": import_id}
    session.execute(FIND_REPEATS, found)
    while session.execute(FOLLOW_REPEATS, found).rowcount:  # type: ignore[attr-defined]
        pass
