"""The change history of one contact, newest first (C18); with that of contacts that were merged into it."""

from sqlalchemy import Connection, select

from contracts.base import Page
from contracts.contacts.history import Change, History
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position
from services.contacts.replies import change_of

ROWS = models.Change.__table__.c
PERSONS = models.Person.__table__.c


def list_page(reader: Connection, request: History) -> Page[Change]:
    """Changes of a person or an organisation; raises NotFound when nothing has this id."""
    linked = reader.execute(select(PERSONS.linked_to).where(PERSONS.id == request.id)).scalar() or request.id
    subject = ROWS.subject_id.in_([linked, *reader.scalars(select(PERSONS.id).where(PERSONS.linked_to == linked))])
    after = position(request.cursor, int)
    query = select(models.Change.__table__).where(subject).order_by(ROWS.id.desc()).limit(request.limit + 1)
    if after:
        query = query.where(ROWS.id < after[0])
    rows = reader.execute(query).all()
    if not rows and not after:
        raise NotFound(f"There is no contact {request.id}.", id=request.id)
    return page_of(rows, request.limit, lambda row: [row.id], change_of)
