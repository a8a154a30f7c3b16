"""Events of calendars: written, changed, taken away and restored, one by one or as a series (A6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.ids import new_id
from contracts.contacts.calendars import CreateEvent, DeleteEvent, OneEvent, RestoreEvent, UpdateEvent
from contracts.errors import FieldError, Invalid, NotFound
from services.contacts import models
from services.contacts.commands import calendars, deletions, details, history
from services.contacts.commands.history import Author
from services.contacts.rules.calendars import DAYS, TIMES, When, when
from services.contacts.rules.repeating import Shape, days_of, first_day

SAID = ("title", "text", "place", "url")
CLEARED: dict[str, Any] = {"text": "", "place": "", "url": None}


def create(session: Session, request: CreateEvent, author: Author) -> UUID:
    """A new event, or a series of them, of which this is the first; raises NotFound for a calendar that the author may
    not see, Invalid for impossible times."""
    calendars.locked(session, request.calendar_id, author)
    found = _valid(when(request.model_dump(include={*DAYS, *TIMES})))
    said = {name: getattr(request, name) for name in SAID}
    said |= {"calendar_id": request.calendar_id, "series_id": new_id() if request.repeats else None}
    made = [
        models.CalendarEvent(
            id=new_id(), created_by=author.label, changed_at=author.at, version=1, **said, **_columns(each)
        )
        for each in _all(found, request)
    ]
    session.add_all(made)
    session.flush()
    return made[0].id


def _valid(found: When | FieldError) -> When:
    if isinstance(found, FieldError):
        raise Invalid(found.message, errors=[found])
    return found


def _all(found: When, request: CreateEvent) -> list[When]:
    """The event, and those that come after it in its series; raises Invalid."""
    if request.repeats is None:
        return [found]
    days = days_of(first_day(found, clock.zone()), request.repeats)
    if isinstance(days, FieldError):
        raise Invalid(days.message, errors=[days])
    shape = Shape.of(found, clock.zone())
    return [found, *(shape.on(day, clock.zone()) for day in days[1:])]


def _columns(found: When) -> dict[str, Any]:
    """The columns of days and times."""
    begins_at, over_at = found.on_the_clock(clock.zone())
    return {**vars(found), "begins_at": begins_at, "over_at": over_at}


def change(session: Session, request: UpdateEvent, author: Author) -> UUID:
    """Change what is given, also of those after it in its series if that is asked; raises NotFound, Stale and
    Invalid."""
    event = _locked(session, request, author)
    details.refuse_stale(event.version, request.version)
    following = _following(session, event) if request.following else []
    said = {name: value for name in SAID if (value := getattr(request, name)) is not None}
    said |= details.cleared(request.clear, CLEARED)
    said = {name: value for name, value in said.items() if value != getattr(event, name)}
    given = request.model_dump(include={*DAYS, *TIMES}, exclude_none=True)
    before = _when(event)
    after = _valid(when(given, vars(before)))
    _store(event, said | _columns(after), author)
    moved = first_day(after, clock.zone()) - first_day(before, clock.zone())
    shape = Shape.of(after, clock.zone())
    for each in following:
        _store(each, said | (_columns(shape.on(_day(each) + moved, clock.zone())) if after != before else {}), author)
    session.flush()
    return event.id


def _when(event: models.CalendarEvent) -> When:
    return When(**{name: getattr(event, name) for name in (*DAYS, *TIMES)})


def _day(event: models.CalendarEvent) -> date:
    return first_day(_when(event), clock.zone())


def _store(event: models.CalendarEvent, wanted: dict[str, Any], author: Author) -> None:
    if history.assign(event, wanted):
        event.version += 1
        event.changed_at = author.at


def delete(session: Session, request: DeleteEvent, author: Author) -> None:
    """Take it away, also those after it in its series if that is asked; raises NotFound and Stale."""
    event = _locked(session, request, author)
    details.refuse_stale(event.version, request.version)
    for each in [event, *(_following(session, event) if request.following else [])]:
        each.changed_at = author.at
        deletions.take_away(each, author)


def restore(session: Session, request: RestoreEvent, author: Author) -> UUID:
    """Bring a deleted one back, also those of its series that went with it if that is asked; one that is there stays as
    it is. Raises NotFound when it is gone for good."""
    event = _locked(session, request, author, deleted=True)
    if event.deleted_at is not None:
        for each in [event, *(_following(session, event) if request.following else [])]:
            each.changed_at = author.at
            deletions.bring_back(session, each)
    return event.id


def _following(session: Session, event: models.CalendarEvent) -> Sequence[models.CalendarEvent]:
    """Those of its series that come after it, locked: that are there as it is, or went when it did."""
    if event.series_id is None:
        return []
    events = models.CalendarEvent
    later = (events.series_id == event.series_id) & (events.begins_at > event.begins_at)
    there = events.deleted_at.is_not_distinct_from(event.deleted_at)
    found = select(events).where(later, there).order_by(events.begins_at, events.id).with_for_update()
    return session.scalars(found).all()


def _locked(
    session: Session, named: OneEvent | UpdateEvent, author: Author, *, deleted: bool = False
) -> models.CalendarEvent:
    calendars.locked(session, named.calendar_id, author)
    found = session.get(models.CalendarEvent, named.id, with_for_update=True)
    gone = found is None or found.calendar_id != named.calendar_id
    if found is None or gone or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no event {named.id} in this calendar.", id=named.id)
    return found
