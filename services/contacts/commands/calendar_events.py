"""Events of calendars: written, changed, taken away and restored (A6)."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.ids import new_id
from contracts.contacts.calendars import CreateEvent, DeleteEvent, OneEvent, UpdateEvent
from contracts.errors import FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import calendars, deletions, details, history
from services.contacts.commands.history import Author
from services.contacts.rules.calendars import DAYS, TIMES, When, when

SAID = ("title", "text", "place", "url")
CLEARED: dict[str, Any] = {"text": "", "place": "", "url": None}


def create(session: Session, request: CreateEvent, author: Author) -> UUID:
    """A new event; raises NotFound for a calendar that the author may not see, Invalid for impossible times."""
    calendars.locked(session, request.calendar_id, author)
    times = _times(when(request.model_dump(include={*DAYS, *TIMES})))
    said = {name: getattr(request, name) for name in SAID}
    event = models.CalendarEvent(
        id=new_id(),
        calendar_id=request.calendar_id,
        created_by=author.label,
        changed_at=author.at,
        version=1,
        **said,
        **times,
    )
    session.add(event)
    session.flush()
    return event.id


def _times(found: When | FieldError) -> dict[str, Any]:
    """The columns of days and times; raises Invalid."""
    if isinstance(found, FieldError):
        raise Invalid(found.message, errors=[found])
    begins_at, over_at = found.on_the_clock(clock.zone())
    return {**vars(found), "begins_at": begins_at, "over_at": over_at}


def change(session: Session, request: UpdateEvent, author: Author) -> UUID:
    """Change what is given; raises NotFound, Stale and Invalid."""
    event = _locked(session, request, author)
    details.refuse_stale(event.version, request.version)
    before = {name: getattr(event, name) for name in (*DAYS, *TIMES)}
    wanted = _times(when(request.model_dump(include=set(before)), before))
    said = {name: getattr(request, name) for name in SAID}
    wanted |= {name: value for name, value in said.items() if value is not None} | details.cleared(
        request.clear, CLEARED
    )
    if history.assign(event, wanted):
        event.version += 1
        event.changed_at = author.at
    session.flush()
    return event.id


def delete(session: Session, request: DeleteEvent, author: Author) -> None:
    """Take it away; raises NotFound and Stale."""
    event = _locked(session, request, author)
    details.refuse_stale(event.version, request.version)
    event.changed_at = author.at
    deletions.take_away(event, author)


def restore(session: Session, request: OneEvent, author: Author) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    event = _locked(session, request, author, deleted=True)
    if event.deleted_at is not None:
        event.changed_at = author.at
        deletions.bring_back(session, event)
    return event.id


def _locked(
    session: Session, named: OneEvent | UpdateEvent, author: Author, *, deleted: bool = False
) -> models.CalendarEvent:
    calendars.locked(session, named.calendar_id, author)
    found = session.get(models.CalendarEvent, named.id, with_for_update=True)
    gone = found is None or found.calendar_id != named.calendar_id
    if found is None or gone or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no event {named.id} in this calendar.", id=named.id)
    return found
