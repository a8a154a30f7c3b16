"""By what contacts are reached, when that was verified, and what came back (C19)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from chassis import clock
from contracts.base import Page
from contracts.contacts.contact_points import ContactPoint, ContactPoints, ListContactPoints, PointOfContact
from contracts.contacts.contact_points import PointState as State
from contracts.contacts.segments import SegmentKind
from contracts.errors import NotFound
from services.contacts import models, points
from services.contacts.points import POINTS, SHOWN
from services.contacts.queries.pages import moment, page_of, position, printed
from services.contacts.queries.segments import limited
from services.contacts.rules.verifications import months_before

Reader = Connection | Session
PERSONS, ORGANISATIONS = models.Person.__table__.c, models.Organisation.__table__.c


def get(reader: Reader, contact_id: UUID) -> ContactPoints:
    """The same for the card; raises NotFound when there is no such contact."""
    rows = points.of_contact(reader, contact_id)
    if not rows:
        _refuse_unknown(reader, contact_id)
    return ContactPoints(data=[ContactPoint.model_validate(row._asdict()) for row in rows])


def _refuse_unknown(reader: Reader, contact_id: UUID) -> None:
    known_as = func.known_as(contact_id)
    person = select(literal(1)).where(PERSONS.id == known_as, PERSONS.state != "erased")
    organisation = select(literal(1)).where(ORGANISATIONS.id == known_as, ORGANISATIONS.deleted_at.is_(None))
    if reader.execute(person.union_all(organisation)).first() is None:
        raise NotFound(f"There is no contact {contact_id}.", id=contact_id)


def list_page(session: Session, request: ListContactPoints, today: date) -> Page[PointOfContact]:
    """Those to be checked, the longest unverified first; raises Invalid when it takes too long to find them."""
    owner: Any = PERSONS if request.of is SegmentKind.PERSONS else ORGANISATIONS
    name = func.btrim(owner.given_name + " " + owner.family_name) if owner is PERSONS else owner.name
    there = owner.state == "active" if owner is PERSONS else owner.deleted_at.is_(None)
    sort: Any = owner.sort_key if request.sort.endswith("name") else POINTS.verified_at
    query = (
        select(*SHOWN, name.label("name"), sort.label("sorted_by"))
        .join_from(models.CONTACT_POINTS, owner.id.table, owner.id == POINTS.contact_id)
        .where(POINTS.of == request.of.value, there, *_asked(request, today))
    )
    with limited(session):
        rows = session.execute(_ordered(query, sort, request)).all()
    key = lambda row: [_plain(row.sorted_by), row.contact_id, row.key, row.use]  # noqa: E731
    return page_of(rows, request.limit, key, lambda row: PointOfContact.model_validate(row._asdict()))


def _asked(request: ListContactPoints, today: date) -> Iterable[ColumnElement[bool]]:
    since = clock.start_of(months_before(today, request.months))
    old = and_(POINTS.verified_at < since, POINTS.problem.is_(None))
    if request.kind:
        yield POINTS.kind == request.kind.value
    if request.state is None:
        yield or_(old, POINTS.problem.is_not(None))
    else:
        yield old if request.state is State.OLD else POINTS.problem == request.state.value


def _ordered(query: Select[Any], sort: Any, request: ListContactPoints) -> Select[Any]:
    order = (sort, POINTS.contact_id, POINTS.key, POINTS.use)
    kind = printed if request.sort.endswith("name") else moment
    after = position(request.cursor, kind, UUID, printed, printed)
    backwards = request.sort.startswith("-")
    if after:
        there = tuple_(*order)
        query = query.where(there < tuple_(*after) if backwards else there > tuple_(*after))
    return query.order_by(*(each.desc() if backwards else each for each in order)).limit(request.limit + 1)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())
