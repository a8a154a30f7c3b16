"""Rows of an import say which choices they name that are retired, where the contact does not have them (C7, C11)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.contacts import models
from services.contacts.commands.import_remarks import put
from services.contacts.rules.import_retired import Retired, not_held, retired_choices

HEADINGS = text("SELECT columns FROM imports WHERE id = :import_id")


def retired(session: Session, kind: str, fields: Iterable[str]) -> Retired:
    """The choices of these fields of one kind of contact that are retired."""
    codes = [code for name, dot, code in (each.partition(".") for each in fields) if dot]
    definitions = select(models.Field).where(models.Field.applies_to == kind, models.Field.code.in_(codes))
    return retired_choices(session.scalars(definitions)) if codes else {}


def remark(session: Session, table: str, import_id: UUID, rows: Sequence[Any]) -> None:
    """Let those `rows` say it that name any: each has its number, the contact's id, and what it names by field."""
    naming = [row for row in rows if row.retired]
    if not naming:
        return
    held = _fields_of(session, table, [row.id for row in naming])
    columns = session.execute(HEADINGS, {"import_id": import_id}).scalar_one()
    headings = {each["target"]: each["title"] for each in columns}
    put(session, import_id, {row.number: _remarks(row, held.get(row.id), headings) for row in naming})


def _fields_of(session: Session, table: str, ids: list[UUID]) -> dict[UUID, Any]:
    found = text(f"SELECT t.id, t.fields FROM {table} t WHERE t.id = ANY(:ids)")  # noqa: S608  (a constant)
    return {row.id: row.fields for row in session.execute(found, {"ids": ids})}


def _remarks(row: Any, fields: Any, headings: Mapping[str, str]) -> list[dict[str, Any]]:
    left = {f"fields.{code}": codes for code, codes in not_held(row.retired, fields).items()}
    return [
        {"field": field, "values": codes, "retired": True, "column": headings.get(field, "")}
        for field, codes in left.items()
    ]
