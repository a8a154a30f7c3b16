"""Keeping where values come from (C12)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.contacts.masters import DecidedBy
from services.contacts import mastership
from services.contacts.commands.history import Author, Differences
from services.contacts.rules.masters import EVERYTHING, Mastership, has_source, why

Origin = dict[str, Any]
"""Source, time and rule as JSON, and `parts` of an address that come from elsewhere."""


def as_json(row: str) -> str:
    """SQL: a row of `value_sources` as an Origin; NULL when it is missing."""
    return f"""CASE WHEN {row}.subject_id IS NOT NULL THEN jsonb_strip_nulls(jsonb_build_object(
        'source', {row}.source, 'observed_at', {row}.observed_at, 'rule', {row}.rule, 'parts', {row}.parts)) END"""


PUT = text(
    """
    INSERT INTO value_sources AS v (subject_id, field, observed_at, source, rule, parts)
    SELECT * FROM unnest(CAST(:subject_ids AS uuid[]), CAST(:fields AS text[]), CAST(:observed_ats AS timestamptz[]),
                         CAST(:sources AS text[]), CAST(:rules AS text[]), CAST(:parts AS jsonb[]))
    ON CONFLICT (subject_id, field) DO UPDATE SET source = excluded.source, rule = excluded.rule,
        parts = excluded.parts, observed_at = CASE WHEN :knowing THEN greatest(v.observed_at, excluded.observed_at)
                           ELSE excluded.observed_at END
    """
)
FORGET = text(
    """
    DELETE FROM value_sources s USING unnest(CAST(:subjects AS uuid[]), CAST(:fields AS text[])) gone(subject_id, field)
    WHERE s.subject_id = gone.subject_id AND s.field = gone.field
    """
)


def begin(session: Session, subject_id: UUID, author: Author, told: Iterable[str] = ()) -> None:
    """A contact is new: what it has comes from its author, also `told` values that others have without being told."""
    origin = {"source": author.source, "observed_at": author.observed_at, "rule": DecidedBy.FIRST}
    put(session, [{"subject_id": subject_id, "field": field, **origin} for field in (EVERYTHING, *told)])


def note(session: Session, kind: str, row: Any, author: Author, differences: Differences) -> None:
    """Somebody has changed values of a contact, knowing those before: nothing that was said until now is later."""
    fields = [field for field in differences if has_source(field)]
    if fields:
        held = mastership.mastership(session, kind)
        rows = [_noted(row, field, differences[field][0], held, author) for field in fields]
        put(session, rows, knowing=True)


def note_affiliation(session: Session, affiliation_id: UUID, author: Author, differences: Differences) -> None:
    """The same of a person's place in an organisation, of which nobody is master."""
    said = {"source": author.source, "observed_at": author.observed_at}
    rows = [
        {"subject_id": affiliation_id, "field": field, **said, "rule": why(author.source, None, first=_is_new(old))}
        for field, (old, _) in differences.items()
    ]
    if rows:
        put(session, rows, knowing=True)


def _is_new(old: Any) -> bool:
    return old in (None, "", [], {})


def _noted(row: Any, field: str, old: Any, held: Mastership, author: Author) -> dict[str, Any]:
    master = held.binding(field, row.customer_status, row.customer_number)
    rule = why(author.source, master, first=_is_new(old))
    values = {"source": author.source, "observed_at": author.observed_at, "rule": rule}
    return {"subject_id": row.id, "field": field, **values}


def put(session: Session, rows: list[dict[str, Any]], *, knowing: bool = False) -> None:
    """Store origins; whoever changed a value `knowing` the one before has said it later."""
    last = {(row["subject_id"], row["field"]): row for row in rows}
    sorted_rows = [last[each] for each in sorted(last)]
    columns = {f"{name}s": [row[name] for row in sorted_rows] for name in ("subject_id", "field", "observed_at")}
    columns |= {f"{name}s": [str(row[name]) for row in sorted_rows] for name in ("source", "rule")}
    parts = [orjson.dumps(row["parts"]).decode() if row.get("parts") else None for row in sorted_rows]
    session.execute(PUT, {**columns, "parts": parts, "knowing": knowing})


def of_fields(session: Session, subject_id: UUID, fields: Iterable[str]) -> dict[str, Origin | None]:
    """The origins of fields of a contact; None where nothing is known."""
    known = mastership.origins(session, [subject_id])
    whole = known.get((subject_id, EVERYTHING))
    return {field: plain(known.get((subject_id, field), whole)) for field in fields}


def own_of_fields(session: Session, subject_id: UUID, fields: Iterable[str]) -> dict[str, Origin | None]:
    """The same, without what the contact was given when it was made."""
    known = mastership.origins(session, [subject_id])
    return {field: plain(known.get((subject_id, field))) for field in fields}


def restore(session: Session, subject_id: UUID, wanted: Mapping[str, Origin | None]) -> None:
    """Let values come from where they came; None takes the field's own row away."""
    restore_many(session, {(subject_id, field): origin for field, origin in wanted.items()})


def restore_many(session: Session, wanted: Mapping[tuple[UUID, str], Origin | None]) -> None:
    """The same of values of many contacts, by contact and field."""
    gone = [each for each, origin in wanted.items() if origin is None]
    if gone:
        named = {"subjects": [subject_id for subject_id, _ in gone], "fields": [field for _, field in gone]}
        session.execute(FORGET, named)
    rows = [
        {"subject_id": subject_id, "field": field, **origin, "observed_at": datetime.fromisoformat(at)}
        for (subject_id, field), origin in wanted.items()
        if origin and (at := origin["observed_at"])
    ]
    if rows:
        put(session, rows)


def plain(row: Any) -> Origin | None:
    """An origin as JSON."""
    if row is None:
        return None
    said = {"source": row.source.value, "observed_at": row.observed_at.isoformat(), "rule": row.rule.value}
    return said | ({"parts": row.parts} if row.parts else {})
