"""Segments: what they find now (C10). A segment is live: it is counted and listed when asked."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, tuple_

from contracts.base import ListRequest, Page
from contracts.contacts.fields import FieldType
from contracts.contacts.persons import PersonSummary
from contracts.contacts.segments import Segment, SegmentFilter, SegmentMembers
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position
from services.contacts.queries.persons import ACTIVE, PERSONS, SUMMARY
from services.contacts.queries.segment_filters import Condition, condition
from services.contacts.replies import person_summary_of
from services.contacts.rules.segments import additional_fields, parse

SEGMENTS = models.Segment.__table__
FIELDS = models.Field.__table__.c


def compiled(connection: Any, tree: SegmentFilter, today: date) -> Condition:
    """The filter as a condition on persons; raises Invalid."""
    return condition(parse(tree, _types(connection, additional_fields(tree))), today)


def _types(connection: Any, named: set[tuple[str, str]]) -> dict[tuple[str, str], FieldType]:
    if not named:
        return {}
    wanted = tuple_(FIELDS.applies_to, FIELDS.code).in_(named)
    rows = connection.execute(select(FIELDS.applies_to, FIELDS.code, FIELDS.type).where(wanted))
    return {(row.applies_to.value, row.code): row.type for row in rows}


def count(connection: Any, tree: SegmentFilter, today: date) -> int:
    """How many persons of the register the filter finds."""
    found = connection.execute(select(func.count()).where(ACTIVE, compiled(connection, tree, today))).scalar_one()
    return int(found)


def get(reader: Connection, segment_id: UUID, today: date) -> Segment:
    """A saved segment with its count now; raises NotFound."""
    return reply(reader, _row(reader, segment_id), today)


def _row(reader: Connection, segment_id: UUID) -> Any:
    row = reader.execute(select(SEGMENTS).where(SEGMENTS.c.id == segment_id)).first()
    if row is None:
        raise NotFound(f"There is no segment {segment_id}.", id=segment_id)
    return row


def reply(connection: Any, row: Any, today: date) -> Segment:
    """A segment as the contract shows it."""
    tree = SegmentFilter.model_validate(row.filter)
    counted = count(connection, tree, today)
    return Segment(id=row.id, name=row.name, filter=tree, count=counted, version=row.version)


def list_page(reader: Connection, request: ListRequest, today: date) -> Page[Segment]:
    """Saved segments, newest first."""
    query = select(SEGMENTS).order_by(SEGMENTS.c.id.desc()).limit(request.limit + 1)
    after = position(request.cursor, UUID)
    if after:
        query = query.where(SEGMENTS.c.id < after[0])
    rows = reader.execute(query).all()
    return page_of(rows, request.limit, lambda row: [row.id], lambda row: reply(reader, row, today))


def list_members(reader: Connection, request: SegmentMembers, today: date) -> Page[PersonSummary]:
    """The persons of a segment by id, so that pages never overlap."""
    tree = SegmentFilter.model_validate(_row(reader, request.id).filter)
    conditions = [ACTIVE, compiled(reader, tree, today)]
    after = position(request.cursor, UUID)
    if after:
        conditions.append(PERSONS.id > after[0])
    rows = reader.execute(select(*SUMMARY).where(*conditions).order_by(PERSONS.id).limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.id], person_summary_of)
