"""Segments: what they find now (C10). A segment is live: it is counted and listed when asked."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.database import is_busy
from contracts.base import Page
from contracts.contacts.fields import FieldType
from contracts.contacts.organisations import OrganisationSummary
from contracts.contacts.persons import PersonSummary
from contracts.contacts.segments import ListSegments, Segment, SegmentFilter, SegmentKind, SegmentMembers
from contracts.errors import Conflict, Invalid, NotFound
from services.contacts import models
from services.contacts.queries import organisations, persons
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.queries.segment_filters import Condition, condition
from services.contacts.replies import organisation_summary_of, person_summary_of
from services.contacts.rules.segments import Node, additional_fields, parse

SEGMENTS = models.Segment.__table__
THERE = SEGMENTS.c.deleted_at.is_(None)
FIELDS = models.Field.__table__.c
PERSONS, ORGANISATIONS = SegmentKind.PERSONS, SegmentKind.ORGANISATIONS
MODELS: dict[SegmentKind, Any] = {PERSONS: models.Person, ORGANISATIONS: models.Organisation}
IN_REGISTER: dict[SegmentKind, Condition] = {PERSONS: persons.ACTIVE, ORGANISATIONS: organisations.IN_REGISTER}
MayCount = Callable[[Any], bool]
"""Whether the caller may know whom a stored segment finds."""
LONGEST = 4.0
"""Seconds that counting or listing may take; less than callers wait."""
LIMITS = text("SELECT set_config('statement_timeout', :milliseconds, true), set_config('work_mem', '64MB', true)")


def parsed(session: Session, of: SegmentKind, tree: SegmentFilter) -> Node:
    """The checked filter; raises Invalid."""
    return parse(of, tree, _types(session, additional_fields(of, tree)))


def _types(session: Session, named: set[tuple[str, str]]) -> dict[tuple[str, str], FieldType]:
    if not named:
        return {}
    wanted = tuple_(FIELDS.applies_to, FIELDS.code).in_(named)
    rows = session.execute(select(FIELDS.applies_to, FIELDS.code, FIELDS.type).where(wanted))
    return {(row.applies_to.value, row.code): row.type for row in rows}


def found(session: Session, of: SegmentKind, tree: SegmentFilter, today: date) -> Condition:
    """What is in the register and found by the filter, as a condition."""
    matches: Condition = IN_REGISTER[of] & condition(of, parsed(session, of, tree), today)
    return matches


@contextmanager
def limited(session: Session, seconds: float = LONGEST) -> Iterator[None]:
    """Statements of the block may take so long; raises Invalid when one takes longer."""
    try:
        with session.begin_nested():
            session.execute(LIMITS, {"milliseconds": str(max(int(seconds * 1_000), 1))})
            yield
    except DBAPIError as error:
        if not is_busy(error):
            raise
        message = f"This filter takes longer than {LONGEST:.0f} seconds; make it simpler or narrower."
        raise Invalid.field("/filter", "too_slow", message, seconds=int(LONGEST)) from error


def count(session: Session, of: SegmentKind, tree: SegmentFilter, today: date, seconds: float = LONGEST) -> int:
    """How many contacts of the register the filter finds."""
    with limited(session, seconds):
        return int(session.execute(select(func.count()).where(found(session, of, tree, today))).scalar_one())


def get(session: Session, segment_id: UUID, today: date, may_count: MayCount) -> Segment:
    """A saved segment with its count now; raises NotFound."""
    stored = row(session, segment_id)
    return _reply(session, stored, today, LONGEST if may_count(stored) else 0)


def row(session: Session, segment_id: UUID) -> Any:
    """The segment as it is stored; raises NotFound."""
    found_row = session.execute(select(SEGMENTS).where(SEGMENTS.c.id == segment_id, THERE)).first()
    if found_row is None:
        raise NotFound(f"There is no segment {segment_id}.", id=segment_id)
    return found_row


def row_of(session: Session, segment_id: UUID, of: SegmentKind) -> Any:
    """The same for one that finds these; raises Conflict for another."""
    stored = row(session, segment_id)
    if stored.of is not of:
        raise Conflict(f"This segment finds {stored.of.value}.", code="other_kind", of=stored.of.value)
    return stored


def _reply(session: Session, stored: Any, today: date, seconds: float) -> Segment:
    tree = SegmentFilter.model_validate(stored.filter)
    counted: int | None = None
    if seconds > 0:
        with suppress(Invalid):
            counted = count(session, stored.of, tree, today, seconds)
    return Segment(id=stored.id, name=stored.name, of=stored.of, filter=tree, count=counted, version=stored.version)


def list_page(session: Session, request: ListSegments, today: date, may_count: MayCount) -> Page[Segment]:
    """Saved segments, newest first; counted as long as there is time for it, for who may know."""
    query = select(SEGMENTS).where(THERE).order_by(SEGMENTS.c.id.desc()).limit(request.limit + 1)
    if request.of is not None:
        query = query.where(SEGMENTS.c.of == request.of)
    after = position(request.cursor, UUID)
    if after:
        query = query.where(SEGMENTS.c.id < after[0])
    until = time.monotonic() + LONGEST - 1
    rows = session.execute(query).all()

    def reply(stored: Any) -> Segment:
        return _reply(session, stored, today, until - time.monotonic() if may_count(stored) else 0)

    return page_of(rows, request.limit, lambda each: [each.id], reply)


def list_persons(session: Session, request: SegmentMembers, today: date) -> Page[PersonSummary]:
    """The persons of a segment by name, or by id."""
    return _members(session, request, PERSONS, persons.SUMMARY, person_summary_of, today)


def list_organisations(session: Session, request: SegmentMembers, today: date) -> Page[OrganisationSummary]:
    """The organisations of a segment by name, or by id."""
    return _members(session, request, ORGANISATIONS, organisations.SUMMARY, organisation_summary_of, today)


def _members(
    session: Session,
    request: SegmentMembers,
    of: SegmentKind,
    columns: Sequence[Any],
    reply: Callable[[Any], Any],
    today: date,
) -> Page[Any]:
    table = MODELS[of].__table__.c
    stored = row_of(session, request.id, of)
    matches = found(session, of, SegmentFilter.model_validate(stored.filter), today)
    by_name = request.sort == "name"
    order, kinds = ((table.sort_key, table.id), (printed, UUID)) if by_name else ((table.id,), (UUID,))
    query = select(*columns, table.sort_key).where(matches).order_by(*order).limit(request.limit + 1)
    after = position(request.cursor, *kinds)
    with limited(session):
        rows = session.execute(query.where(tuple_(*order) > tuple_(*after)) if after else query).all()
    return page_of(rows, request.limit, lambda row: [row.sort_key, row.id] if by_name else [row.id], reply)
