"""Merges, newest first, with the names on both cards (C13)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from contracts.base import Page
from contracts.contacts.merges import ListMerges, Merge
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position

MERGE = models.Merge


def _name(side: str) -> Any:
    """The name on the card of one side, whichever kind of contact it is."""
    table = MERGE.__table__.c
    person, organisation = aliased(models.Person), aliased(models.Organisation)
    of_person = select(person.given_name + " " + person.family_name).where(person.id == table[f"{side}_person"])
    of_organisation = select(organisation.name).where(organisation.id == table[f"{side}_organisation"])
    found = func.coalesce(of_person.scalar_subquery(), of_organisation.scalar_subquery())
    return found.label(f"{side}_name")


MERGES = select(MERGE.__table__, _name("survivor"), _name("merged"))


def get(connection: Connection, merge_id: UUID) -> Merge:
    """One merge; raises NotFound."""
    row = connection.execute(MERGES.where(MERGE.id == merge_id)).first()
    if row is None:
        raise NotFound(f"There is no merge {merge_id}.", id=merge_id)
    return _merge(row)


def list_page(reader: Connection, request: ListMerges) -> Page[Merge]:
    """All merges, or those of one contact."""
    query = MERGES.order_by(MERGE.id.desc()).limit(request.limit + 1)
    for contact_id in filter(None, (request.person_id, request.organisation_id)):
        query = query.where(or_(MERGE.survivor_id == contact_id, MERGE.merged_id == contact_id))
    after = position(request.cursor, UUID)
    if after:
        query = query.where(MERGE.id < after[0])
    return page_of(reader.execute(query).all(), request.limit, lambda row: [str(row.id)], _merge)


def _merge(row: Any) -> Merge:
    return Merge(
        id=row.id,
        kind=row.kind,
        survivor_id=row.survivor_id,
        merged_id=row.merged_id,
        survivor_name=row.survivor_name.strip(),
        merged_name=row.merged_name.strip(),
        choices=row.choices,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
    )
