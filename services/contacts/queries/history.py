"""The change history of one contact, newest first (C18); with that of contacts that were merged into it."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, exists, func, select, union_all

from chassis import clock
from contracts.base import Page
from contracts.contacts.history import Change, History
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position
from services.contacts.replies import change_of

ROWS = models.Change.__table__.c
LEADING = (models.Person.__table__.c, models.Organisation.__table__.c)


def list_page(reader: Connection, request: History) -> Page[Change]:
    """Changes of a person or an organisation; raises NotFound when nothing has this id."""
    known_as = reader.execute(select(func.known_as(request.id))).scalar()
    leading_here = (select(row.id).where(row.linked_to == known_as) for row in LEADING)
    subject = ROWS.subject_id.in_([known_as, *reader.scalars(union_all(*leading_here))])
    after = position(request.cursor, int)
    query = select(models.Change.__table__).where(subject, *_asked(request))
    if after:
        query = query.where(ROWS.id < after[0])
    rows = reader.execute(query.order_by(ROWS.id.desc()).limit(request.limit + 1)).all()
    if not rows and not reader.scalar(select(exists().where(subject))):
        raise NotFound(f"There is no contact {request.id}.", id=request.id)
    return page_of(rows, request.limit, lambda row: [row.id], change_of)


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
