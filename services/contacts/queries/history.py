"""The change history of one contact, newest first (C18); with that of contacts that were merged into it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, exists, func, select, union_all

from chassis import clock
from contracts.base import Page
from contracts.contacts.about import ContactKind, NamedContact
from contracts.contacts.history import Change, History
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import contact_names
from services.contacts.queries.pages import page_of, position
from services.contacts.replies import change_of

ROWS = models.Change.__table__.c
LEADING = (models.Person.__table__.c, models.Organisation.__table__.c)


def list_page(reader: Connection, request: History) -> Page[Change]:
    """Changes of a person or an organisation; raises NotFound when nothing has this id."""
    known_as = reader.execute(select(func.known_as(request.id))).scalar_one()
    leading_here = (select(row.id).where(row.linked_to == known_as) for row in LEADING)
    subject = ROWS.subject_id.in_([known_as, *reader.scalars(union_all(*leading_here))])
    after = position(request.cursor, int)
    query = select(models.Change.__table__).where(subject, *_asked(request))
    if after:
        query = query.where(ROWS.id < after[0])
    rows = reader.execute(query.order_by(ROWS.id.desc()).limit(request.limit + 1)).all()
    if not rows and not reader.scalar(select(exists().where(subject))):
        raise NotFound(f"There is no contact {request.id}.", id=request.id)
    others = _others(reader, rows, known_as)
    return page_of(rows, request.limit, lambda row: [row.id], lambda row: change_of(row, others.get(row.id)))


def _others(reader: Connection, rows: Sequence[Any], contact_id: UUID) -> dict[int, NamedContact]:
    """The other side of the affiliations that changes of a contact tell of, by change."""
    told = [row for row in rows if row.field.startswith("affiliation.")]
    if not told:
        return {}
    of_organisation = reader.scalar(select(exists().where(models.Organisation.id == contact_id)))
    kind = ContactKind.PERSON if of_organisation else ContactKind.ORGANISATION
    sides = _sides(reader, told, f"{kind.value}_id")
    names: Mapping[Any, str] = (
        contact_names.of_persons(reader, set(sides.values()))
        if of_organisation
        else contact_names.of_organisations(reader, set(sides.values()))
    )
    return {change: NamedContact(kind=kind, id=side, name=names.get(side, "")) for change, side in sides.items()}


def _sides(reader: Connection, told: Sequence[Any], side: str) -> dict[int, UUID]:
    """The ids of one side: beginnings and ends hold it, what changes an affiliation has the id of that."""
    row = models.Affiliation
    query = select(row.id, getattr(row, side)).where(row.id.in_({each.affiliation_id for each in told} - {None}))
    by_affiliation = {each[0]: each[1] for each in reader.execute(query)}
    found = {
        each.id: UUID(each.new[side]) if isinstance(each.new, dict) else by_affiliation.get(each.affiliation_id)
        for each in told
    }
    return {change: contact for change, contact in found.items() if contact}


def _asked(request: History) -> Iterator[ColumnElement[bool]]:
    """Days are whole days of the association's time zone."""
    if request.field:
        yield ROWS.field == request.field
    if request.channel:
        yield ROWS.channel == request.channel
    if request.from_on:
        yield ROWS.changed_at >= clock.start_of(request.from_on)
    if request.to_on:
        yield ROWS.changed_at < clock.start_of(request.to_on + timedelta(days=1))
