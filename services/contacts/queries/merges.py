"""Merges, newest first, with the names on both cards (C13)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import aliased

from contracts.base import Page
from contracts.contacts.merges import ListMerges, Merge
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position

MERGE = models.Merge
Survivor, Merged = aliased(models.Person), aliased(models.Person)
MERGES = (
    select(
        MERGE.__table__,
        (Survivor.given_name + " " + Survivor.family_name).label("survivor_name"),
        (Merged.given_name + " " + Merged.family_name).label("merged_name"),
    )
    .join(Survivor, Survivor.id == MERGE.survivor_id)
    .join(Merged, Merged.id == MERGE.merged_id)
)


def get(connection: Connection, merge_id: UUID) -> Merge:
    """One merge; raises NotFound."""
    row = connection.execute(MERGES.where(MERGE.id == merge_id)).first()
    if row is None:
        raise NotFound(f"There is no merge {merge_id}.", id=merge_id)
    return _merge(row)


def list_page(reader: Connection, request: ListMerges) -> Page[Merge]:
    """All merges, or those of one person."""
    query = MERGES.order_by(MERGE.id.desc()).limit(request.limit + 1)
    if request.person_id:
        query = query.where(or_(MERGE.survivor_id == request.person_id, MERGE.merged_id == request.person_id))
    after = position(request.cursor, UUID)
    if after:
        query = query.where(MERGE.id < after[0])
    return page_of(reader.execute(query).all(), request.limit, lambda row: [str(row.id)], _merge)


def _merge(row: Any) -> Merge:
    return Merge(
        id=row.id,
        survivor_id=row.survivor_id,
        merged_id=row.merged_id,
        survivor_name=row.survivor_name.strip(),
        merged_name=row.merged_name.strip(),
        choices=row.choices,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
    )
