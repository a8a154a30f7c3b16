"""Imports and the report of their rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, true
from sqlalchemy.orm import Session

from chassis.paging import page
from contracts.base import ListRequest, Page
from contracts.contacts.imports import Import, ImportRow, ListImportRows
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import position
from services.contacts.replies import import_of

IMPORTS = models.Import.__table__
ROWS = models.ImportRow.__table__.c
PERSONS = models.Person.__table__.c
MASTERED, FULL = "$[*].master", "$[*].values"
"""Where remarks say that a master keeps something, and that something found no room or is retired."""


def get(reader: Connection, import_id: UUID, me: str) -> Import:
    """An import with counts by state, for who has this label; raises NotFound."""
    return import_of(_row(reader, import_id), me)


def starter_of(session: Session, import_id: UUID) -> str:
    """The label of who started it; raises NotFound."""
    return str(_row(session, import_id).started_by)


def _row(reader: Connection | Session, import_id: UUID) -> Any:
    row = reader.execute(select(IMPORTS).where(IMPORTS.c.id == import_id)).first()
    if row is None:
        raise NotFound(f"There is no import {import_id}.", id=import_id)
    return row


def list_page(reader: Connection, request: ListRequest, me: str) -> Page[Import]:
    """Imports, newest first."""
    query = select(IMPORTS).where(~IMPORTS.c.preview).order_by(IMPORTS.c.id.desc()).limit(request.limit + 1)
    after = position(request.cursor, UUID)
    if after:
        query = query.where(IMPORTS.c.id < after[0])
    return page([import_of(row, me) for row in reader.execute(query)], request.limit, lambda each: [each.id])


TOLD = ("number", "state", "code", "reason", "params", "column", "remarks", "undone", "kept", "raw")


def list_rows(reader: Connection, request: ListImportRows) -> Page[ImportRow]:
    """Rows of an import by number, numbered as in the file, with their cells in its order; those not yet decided are
    left out.

    Persons that a dry run would make have no id.
    """
    columns = _row(reader, request.id).columns
    places = {each["title"]: place for place, each in enumerate(columns)}
    wanted = ROWS.state == request.state if request.state else ROWS.state.not_in(["staged", "sample"])
    query = (
        select(*(ROWS[name] for name in TOLD), PERSONS.id.label("person_id"))
        .select_from(models.ImportRow.__table__.outerjoin(models.Person.__table__, PERSONS.id == ROWS.person_id))
        .where(ROWS.import_id == request.id, wanted)
        .where(ROWS.undone == request.undone if request.undone else true())
        .where(ROWS.remarks.path_exists(MASTERED) if request.mastered else true())
        .where(ROWS.remarks.path_exists(FULL) if request.full else true())
        .order_by(ROWS.number)
        .limit(request.limit + 1)
    )
    after = position(request.cursor, int)
    if after:
        query = query.where(ROWS.number > after[0])
    rows = [_row_of(row, places) for row in reader.execute(query)]
    return page(rows, request.limit, lambda row: [row.number])


def _row_of(row: Any, places: Mapping[str, int]) -> ImportRow:
    cells = sorted(row.raw.items(), key=lambda cell: places.get(cell[0], len(places)))
    return ImportRow(**{**row._mapping, "raw": dict(cells)})
