"""By what contacts are reached, when that was verified, and what came back (C19)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from chassis import clock
from contracts.base import Page
from contracts.contacts.contact_points import ContactPoint, ContactPoints, ListContactPoints, PointKind, PointOfContact
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
KEPT = models.KeptPoint.__table__.c


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
    kind = printed if request.sort.endswith("name") else moment
    after = position(request.cursor, kind, UUID, int, printed)
    with limited(session):
        rows = session.execute(_shown(_page(request, today, after), request)).all()
    key = lambda row: [_plain(row.sorted_by), row.contact_id, row.place, row.kind]  # noqa: E731
    return page_of(rows, request.limit, key, lambda row: PointOfContact.model_validate(row._asdict()))


def _page(request: ListContactPoints, today: date, after: tuple[Any, ...] | None) -> Any:
    """The first of each way to be found, read in the order of an index; then the first of all these."""
    parts = union_all(*(select(_part(request, asked, after).subquery()) for asked in _asked(request, today))).subquery()
    order = (parts.c.sorted_by, parts.c.contact_id, parts.c.place, parts.c.kind)
    return _first(select(parts), order, request).cte("page").prefix_with("MATERIALIZED")


def _asked(request: ListContactPoints, today: date) -> Iterable[ColumnElement[bool]]:
    """Conditions of which no point meets two. By the time of verification: one for each kind, as the indexes begin."""
    since = clock.start_of(months_before(today, request.months))
    old, failed = and_(KEPT.problem.is_(None), KEPT.verified_at < since), KEPT.problem.is_not(None)
    states = {None: (old, failed), State.OLD: (old,)}.get(request.state) or (KEPT.problem == request.state,)
    kinds = [request.kind.value] if request.kind else [each.value for each in PointKind]
    if request.sort.endswith("name"):
        return [and_(KEPT.kind.in_(kinds), state) for state in states]
    return [and_(KEPT.kind == kind, state) for kind in kinds for state in states]


def _part(request: ListContactPoints, asked: ColumnElement[bool], after: tuple[Any, ...] | None) -> Select[Any]:
    owner: Any = PERSONS if request.of is SegmentKind.PERSONS else ORGANISATIONS
    there = owner.state == "active" if owner is PERSONS else owner.deleted_at.is_(None)
    sort: Any = owner.sort_key if request.sort.endswith("name") else KEPT.verified_at
    name = func.btrim(owner.given_name + " " + owner.family_name) if owner is PERSONS else owner.name
    contact_id = owner.id if request.sort.endswith("name") else KEPT.contact_id
    query = (
        select(contact_id.label("contact_id"), KEPT.kind, KEPT.place, name.label("name"), sort.label("sorted_by"))
        .join_from(models.KeptPoint, owner.id.table, owner.id == KEPT.contact_id)
        .where(KEPT.of == request.of.value, there, asked)
    )
    order = (sort, contact_id, KEPT.place, KEPT.kind)
    if after:
        backwards = request.sort.startswith("-")
        beyond = tuple_(*order) < tuple_(*after) if backwards else tuple_(*order) > tuple_(*after)
        query = query.where(sort <= after[0] if backwards else sort >= after[0], beyond)
    return _first(query, order, request)


def _first(query: Select[Any], order: Iterable[Any], request: ListContactPoints) -> Select[Any]:
    backwards = request.sort.startswith("-")
    return query.order_by(*(each.desc() if backwards else each for each in order)).limit(request.limit + 1)


def _shown(page: Any, request: ListContactPoints) -> Select[Any]:
    """The rows of the page with all that is known of them."""
    same = and_(POINTS.contact_id == page.c.contact_id, POINTS.kind == page.c.kind, POINTS.place == page.c.place)
    of_page = POINTS.contact_id == func.any(func.array(select(page.c.contact_id).scalar_subquery()))
    query = select(*SHOWN, POINTS.place, page.c.name, page.c.sorted_by).join_from(page, models.CONTACT_POINTS, same)
    return _first(query.where(of_page), (page.c.sorted_by, page.c.contact_id, page.c.place, page.c.kind), request)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())
