"""What was written of contacts by hand, as their history tells it: files have changed it since (C12)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.contacts.commands.history import SOURCES
from services.contacts.rules.masters import BY_HAND

CHANNELS_OF_FILES = sorted(channel for channel, source in SOURCES.items() if source not in BY_HAND)
FILES = f"({', '.join(repr(each) for each in CHANNELS_OF_FILES)})"
HAND_IS_LATER = f"""EXISTS (SELECT FROM changes l WHERE l.subject_id = c.subject_id AND l.field = c.field
    AND l.id > c.id AND l.channel NOT IN {FILES})"""


def as_written(column: str) -> str:
    """SQL: the column of the contact `t`, a text, as it was before files changed it."""
    return f"""coalesce((
        SELECT coalesce(c.old, 'null') FROM changes c
        WHERE c.subject_id = t.id AND c.field = '{column}' AND c.channel IN {FILES} AND NOT {HAND_IS_LATER}
        ORDER BY c.id LIMIT 1), to_jsonb(t.{column})) #>> '{{}}'"""  # noqa: S608


STATUS, NUMBER = as_written("customer_status"), as_written("customer_number")
EMPTY = """('null', '""', '[]', '{}')"""


def written_at(subject: str, field: str) -> str:
    """SQL: when the field of the contact was last written by hand; NULL if it never was.

    What was empty when the contact was made was not written then.
    """
    return f"""coalesce(
        (SELECT max(c.changed_at) FROM changes c
         WHERE c.subject_id = {subject} AND c.field = {field} AND c.channel NOT IN {FILES}),
        (SELECT max(c.changed_at) FROM changes c
         WHERE c.subject_id = {subject} AND c.field = 'state' AND c.old IS NULL AND c.channel NOT IN {FILES}
           AND coalesce((SELECT coalesce(o.old, 'null') NOT IN {EMPTY} FROM changes o
                         WHERE o.subject_id = c.subject_id AND o.field = {field} ORDER BY o.id LIMIT 1), true)))"""  # noqa: S608


TIMES = text(
    f"""
    SELECT said.subject_id, said.field, {written_at("said.subject_id", "said.field")} AS written_at,
        EXISTS (SELECT FROM changes c WHERE c.subject_id = said.subject_id AND c.field = said.field
                AND c.channel NOT IN {FILES}) AS since,
        (SELECT o.old FROM changes o WHERE o.subject_id = said.subject_id AND o.field = said.field
         ORDER BY o.id LIMIT 1) AS old
    FROM unnest(CAST(:subjects AS uuid[]), CAST(:fields AS text[])) AS said(subject_id, field)
    """  # noqa: S608
)


def customers(session: Session, table: str, ids: Iterable[UUID]) -> dict[UUID, tuple[str | None, str | None]]:
    """Status and customer number as they were before files changed them."""
    found = text(f"SELECT t.id, {STATUS} AS status, {NUMBER} AS number FROM {table} t WHERE t.id = ANY(:ids)")  # noqa: S608
    return {row.id: (row.status, row.number) for row in session.execute(found, {"ids": list(ids)})}


@dataclass(frozen=True)
class Written:
    """When a field was last written by hand, whether that was when the contact was made, and what it held before it was
    changed, if it ever was."""

    at: datetime
    as_made: bool
    old: Any


def times(session: Session, wanted: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], Written]:
    """When fields of contacts were last written by hand, of those that were."""
    pairs = list(wanted)
    if not pairs:
        return {}
    asked = {"subjects": [each for each, _ in pairs], "fields": [name for _, name in pairs]}
    found = session.execute(TIMES, asked)
    return {
        (row.subject_id, row.field): Written(row.written_at, not row.since, row.old) for row in found if row.written_at
    }
