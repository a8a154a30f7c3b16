"""Affiliations of a person or of an organisation, ended ones included (C14)."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, tuple_

from contracts.base import Page
from contracts.contacts.affiliations import Affiliation, ListAffiliations
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.replies import affiliation_of

ROWS = models.Affiliation.__table__.c
PERSONS = models.Person.__table__.c
ORGANISATIONS = models.Organisation.__table__.c
BOTH_SIDES = (
    select(
        models.Affiliation.__table__,
        PERSONS.given_name,
        PERSONS.family_name,
        PERSONS.sort_key,
        ORGANISATIONS.name.label("organisation_name"),
    )
    .join(models.Person, PERSONS.id == ROWS.person_id)
    .join(models.Organisation, ORGANISATIONS.id == ROWS.organisation_id)
)

ORDERS: Final[dict[str, tuple[tuple[Any, ...], tuple[Callable[[Any], Any], ...]]]] = {
    "name": ((PERSONS.sort_key, ROWS.id), (printed, UUID)),
    "person": ((ROWS.person_id, ROWS.id), (UUID, UUID)),
    "": ((ROWS.id,), (UUID,)),
}
"""Columns, and what their values in a cursor are."""


def get(reader: Connection, affiliation_id: UUID) -> Affiliation:
    """One affiliation; raises NotFound."""
    row = reader.execute(BOTH_SIDES.where(ROWS.id == affiliation_id)).first()
    if row is None:
        raise NotFound(f"There is no affiliation {affiliation_id}.", id=affiliation_id)
    return _reply(row)


def _reply(row: Any) -> Affiliation:
    return affiliation_of(row, f"{row.given_name} {row.family_name}".strip(), row.organisation_name)


def list_page(reader: Connection, request: ListAffiliations) -> Page[Affiliation]:
    """The persons of an organisation by name in Finnish order, or by id; of a person, in the order of their making.

    Raises Invalid when neither side is named.
    """
    if request.person_id is None and request.organisation_id is None:
        raise Invalid.field("/person_id", "side_missing", "Name a person or an organisation.")
    query = BOTH_SIDES.limit(request.limit + 1)
    if request.person_id:
        query = query.where(ROWS.person_id == func.known_as(request.person_id))
    if request.organisation_id:
        query = query.where(ROWS.organisation_id == func.known_as(request.organisation_id))
    if request.held_on:
        begun = or_(ROWS.starts_on.is_(None), ROWS.starts_on <= request.held_on)
        query = query.where(begun, or_(ROWS.ends_on.is_(None), ROWS.ends_on >= request.held_on))
    place, kinds = ORDERS["" if request.person_id else request.sort]
    if after := position(request.cursor, *kinds):
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = reader.execute(query.order_by(*place)).all()
    return page_of(rows, request.limit, lambda row: [getattr(row, each.key) for each in place], _reply)
