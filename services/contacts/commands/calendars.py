"""Calendars: made, named, taken away and restored (A6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as insert_or_nothing
from sqlalchemy.orm import Session

from chassis.ids import derived_id, new_id
from contracts.contacts.calendars import CalendarLevel, CreateCalendar, DeleteCalendar, UpdateCalendar
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import deletions, details
from services.contacts.commands.history import Author

OWN = "Oma kalenteri"


def create(session: Session, request: CreateCalendar, author: Author) -> UUID:
    """A new calendar; a private one belongs to the author."""
    calendar = models.Calendar(
        id=new_id(),
        name=request.name,
        level=request.level,
        owner=author.label if request.level is CalendarLevel.PRIVATE else "",
        built_in=False,
        created_at=author.at,
        version=1,
    )
    session.add(calendar)
    session.flush()
    return calendar.id


def open_own(session: Session, author: Author) -> UUID:
    """The author's own calendar, made when it is not there yet."""
    calendar_id = derived_id("calendar", author.label)
    own = insert_or_nothing(models.Calendar).values(
        id=calendar_id,
        name=OWN,
        level=CalendarLevel.PRIVATE,
        owner=author.label,
        built_in=True,
        created_at=author.at,
    )
    session.execute(own.on_conflict_do_nothing())
    return calendar_id


def change(session: Session, request: UpdateCalendar, author: Author) -> UUID:
    """Another name; raises NotFound and Stale."""
    calendar = locked(session, request.id, author)
    details.refuse_stale(calendar.version, request.version)
    if request.name is not None and request.name != calendar.name:
        calendar.name = request.name
        calendar.version += 1
    session.flush()
    return calendar.id


def delete(session: Session, request: DeleteCalendar, author: Author) -> None:
    """Take it away with its events; raises NotFound, Stale, and Conflict for a built-in one."""
    calendar = locked(session, request.id, author)
    details.refuse_stale(calendar.version, request.version)
    if calendar.built_in:
        raise Conflict("This calendar belongs to every suite; delete its events instead.", code="calendar_built_in")
    deletions.take_away(calendar, author)


def restore(session: Session, calendar_id: UUID, author: Author) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    calendar = locked(session, calendar_id, author, deleted=True)
    deletions.bring_back(session, calendar)
    return calendar.id


def locked(session: Session, calendar_id: UUID, author: Author, *, deleted: bool = False) -> models.Calendar:
    """The calendar, locked; raises NotFound, also for another's private one."""
    found = session.get(models.Calendar, calendar_id, with_for_update=True)
    if found is None or found.owner not in {"", author.label} or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no calendar {calendar_id}.", id=calendar_id)
    return found


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove calendars and events that were taken away long ago, at most `limit` of each; how many."""
    return max(deletions.forget(session, rows, now, limit) for rows in (models.Calendar, models.CalendarEvent))
