"""Calendars and events that somebody may see, and feeds for other programs (A6)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select, tuple_

from contracts.base import ListRequest, Page
from contracts.contacts.calendars import Calendar, CalendarAddress, CalendarEvent, CalendarLevel, ListEvents, OneEvent
from contracts.contacts.tasks import ListTasks, Task
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import tasks
from services.contacts.queries.pages import moment, page_of, position

CALENDARS = models.Calendar.__table__.c
EVENTS = models.CalendarEvent.__table__.c
ADDRESSES = models.CalendarAddress.__table__.c
PAST: Final = timedelta(days=366)
"""How far back a feed goes."""
MOST: Final = 2_000
"""Events of a feed."""
TASKS: Final = 200


@dataclass(frozen=True)
class Viewer:
    """Who looks: a principal's label, and whether it belongs to the office."""

    label: str
    of_office: bool

    def sees(self) -> ColumnElement[bool]:
        """The condition on calendars."""
        shown = CALENDARS.level == CalendarLevel.PUBLIC.value
        if self.of_office:
            own = (CALENDARS.level == CalendarLevel.PRIVATE.value) & (CALENDARS.owner == self.label)
            shown = shown | (CALENDARS.level == CalendarLevel.OFFICE.value) | own
        return CALENDARS.deleted_at.is_(None) & shown


def get(connection: Any, calendar_id: UUID, viewer: Viewer) -> Calendar:
    """One calendar; raises NotFound, also for one that the viewer may not see."""
    row = connection.execute(
        select(models.Calendar.__table__).where(CALENDARS.id == calendar_id, viewer.sees())
    ).first()
    if row is None:
        raise NotFound(f"There is no calendar {calendar_id}.", id=calendar_id)
    return _calendar(row)


def list_page(reader: Connection, request: ListRequest, viewer: Viewer) -> Page[Calendar]:
    """The calendars that the viewer may see."""
    query = select(models.Calendar.__table__).where(viewer.sees())
    after = position(request.cursor, UUID)
    if after:
        query = query.where(CALENDARS.id > after[0])
    rows = reader.execute(query.order_by(CALENDARS.id).limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.id], _calendar)


def _calendar(row: Any) -> Calendar:
    return Calendar(
        id=row.id,
        name=row.name,
        level=row.level,
        built_in=row.built_in,
        created_at=row.created_at,
        version=row.version,
    )


def get_event(connection: Any, named: OneEvent, viewer: Viewer) -> CalendarEvent:
    """One event; raises NotFound."""
    get(connection, named.calendar_id, viewer)
    query = select(models.CalendarEvent.__table__).where(
        EVENTS.id == named.id, EVENTS.calendar_id == named.calendar_id, EVENTS.deleted_at.is_(None)
    )
    row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"There is no event {named.id} in this calendar.", id=named.id)
    return _event(row)


def list_events(reader: Connection, request: ListEvents, viewer: Viewer) -> Page[CalendarEvent]:
    """Events by their beginning; raises NotFound for a calendar that the viewer may not see."""
    if request.calendar_id:
        get(reader, request.calendar_id, viewer)
    level = [CALENDARS.level == request.level] if request.level else []
    calendars = select(CALENDARS.id).where(viewer.sees(), *level)
    conditions = [
        EVENTS.deleted_at.is_(None),
        EVENTS.calendar_id == request.calendar_id if request.calendar_id else EVENTS.calendar_id.in_(calendars),
    ]
    if request.series_id:
        conditions.append(EVENTS.series_id == request.series_id)
    if request.ends_after:
        conditions.append(EVENTS.over_at > request.ends_after)
    if request.starts_before:
        conditions.append(EVENTS.begins_at < request.starts_before)
    after = position(request.cursor, moment, UUID)
    if after:
        conditions.append(tuple_(EVENTS.begins_at, EVENTS.id) > tuple_(*after))
    query = select(models.CalendarEvent.__table__).where(*conditions).order_by(EVENTS.begins_at, EVENTS.id)
    rows = reader.execute(query.limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.begins_at, row.id], _event)


def _event(row: Any) -> CalendarEvent:
    return CalendarEvent(
        id=row.id,
        calendar_id=row.calendar_id,
        title=row.title,
        text=row.text,
        place=row.place,
        url=row.url,
        all_day=row.starts_on is not None,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        changed_at=row.changed_at,
        series_id=row.series_id,
        version=row.version,
    )


def feed_events(reader: Connection, calendar_id: UUID, now: datetime) -> list[CalendarEvent]:
    """The events of a feed, from a year ago on."""
    query = select(models.CalendarEvent.__table__).where(
        EVENTS.calendar_id == calendar_id, EVENTS.deleted_at.is_(None), EVENTS.over_at > now - PAST
    )
    return [_event(row) for row in reader.execute(query.order_by(EVENTS.begins_at, EVENTS.id).limit(MOST))]


def feed_tasks(reader: Connection, account_id: UUID, now: datetime) -> list[Task]:
    """The tasks of an account that have a day, from a year ago on."""
    wanted = ListTasks(assignee_id=account_id, from_on=(now - PAST).date(), limit=TASKS)
    return tasks.list_page(reader, wanted, now).data


def list_addresses(reader: Connection, calendar_id: UUID, viewer: Viewer) -> list[CalendarAddress]:
    """The viewer's own addresses that work; raises NotFound."""
    get(reader, calendar_id, viewer)
    query = select(models.CalendarAddress.__table__).where(
        ADDRESSES.calendar_id == calendar_id, ADDRESSES.holder == viewer.label, ADDRESSES.revoked_at.is_(None)
    )
    return [
        CalendarAddress(id=row.id, calendar_id=row.calendar_id, created_at=row.created_at)
        for row in reader.execute(query.order_by(ADDRESSES.id))
    ]


def holder_of(reader: Connection, calendar_id: UUID, key: str) -> str | None:
    """Whose address of this calendar has the secret; every one is compared, in the same time whatever is wrong."""
    wanted = hashlib.sha256(key.encode()).digest()
    query = select(ADDRESSES.holder, ADDRESSES.token_hash).where(
        ADDRESSES.calendar_id == calendar_id, ADDRESSES.revoked_at.is_(None)
    )
    found = None
    for row in reader.execute(query):
        if hmac.compare_digest(bytes(row.token_hash), wanted):
            found = row.holder
    return found
