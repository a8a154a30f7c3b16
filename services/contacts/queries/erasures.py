"""What was done about erased persons, and what would be done."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from contracts.base import ListRequest, Page
from contracts.contacts.erasures import Erasure
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import moment, page_of, position

ROW = models.PersonErasure


def get(reader: Connection, person_id: UUID) -> Erasure:
    """The record of one; raises NotFound."""
    query = select(ROW.person_id, ROW.reason, ROW.asked_at, ROW.asked_by).where(ROW.person_id == person_id)
    row = reader.execute(query).first()
    if row is None:
        raise NotFound(f"No person {person_id} was erased.", id=person_id)
    return _erasure(row)


def still_sought(reader: Connection, limit: int) -> list[UUID]:
    """Persons whom services have still to look for, and whoever was so some moments ago."""
    return list(reader.scalars(select(models.Sought.person_id).order_by(models.Sought.person_id).limit(limit)))


def list_page(reader: Connection, request: ListRequest) -> Page[Erasure]:
    """Newest first."""
    query = select(ROW.person_id, ROW.reason, ROW.asked_at, ROW.asked_by)
    after = position(request.cursor, moment, UUID)
    if after:
        query = query.where(tuple_(ROW.asked_at, ROW.person_id) < after)
    rows = reader.execute(query.order_by(ROW.asked_at.desc(), ROW.person_id.desc()).limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.asked_at.isoformat(), str(row.person_id)], _erasure)


def _erasure(row: Any) -> Erasure:
    return Erasure.model_validate(row._asdict())
