"""Calendars as pages show them: events, sessions of courses, one's own tasks; rows of a month or of a list (A6)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final

from flask_babel import lazy_pgettext as _p

from chassis import clock
from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import CalendarEvent, CalendarLevel, ListEvents
from contracts.contacts.tasks import ListTasks, Task, TaskState
from contracts.courses import CoursesApi, ListSessions, Session
from gateway import i18n
from gateway.course_rows import hours, place
from gateway.i18n import date_range, language
from gateway.pages.colleagues import own_account
from gateway.pages.person_names import may

contacts = client(ContactsApi)
courses = client(CoursesApi)
MOST: Final = 200
OFFICE: Final = "/office/calendar"
SOURCES: Final = {
    "public": _p("calendar", "Public"),
    "office": _p("calendar", "Office"),
    "private": _p("calendar", "My own"),
    "courses": _p("calendar", "Courses"),
    "tasks": _p("calendar", "My tasks"),
}
"""Where rows come from, with their names."""
EVENT: Final = _p("calendar", "Event")
COURSE: Final = _p("calendar", "Course")
TASK: Final = _p("calendar", "Task")


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something in a calendar; `at` is in the association's time zone, `until` the last day on which it is."""

    at: datetime
    until: date
    title: str
    url: str
    text: str
    state: tuple[Any, str]
    all_day: bool = False
    price: str = ""


Rows = list[EventRow] | None
"""None while the service is away."""


def public_rows(first: datetime, last: datetime) -> list[Rows]:
    """What everybody may see between two times, by source."""
    return side_by_side(
        partial(_events, CalendarLevel.PUBLIC, first, last, "/calendar", EVENT),
        partial(_sessions, first, last, "/courses"),
    )


def office_rows(first: datetime, last: datetime, shown: str = "") -> list[Rows]:
    """What the caller may see between two times, by source; of one source alone when it is named."""
    sources: dict[str, Callable[[], Rows]] = {
        "public": partial(_events, CalendarLevel.PUBLIC, first, last, OFFICE, SOURCES["public"]),
        "office": partial(_events, CalendarLevel.OFFICE, first, last, OFFICE, SOURCES["office"]),
        "private": partial(_events, CalendarLevel.PRIVATE, first, last, OFFICE, SOURCES["private"]),
        "courses": partial(_sessions, first, last, "/office/sessions") if may(Permission.COURSES_READ) else list,
        "tasks": partial(_tasks, first, last),
    }
    return side_by_side(*(ask for name, ask in sources.items() if shown in ("", name)))


def _events(level: CalendarLevel, first: datetime, last: datetime, path: str, kind: Any) -> Rows:
    asked = ListEvents(level=level, ends_after=first, starts_before=last, limit=MOST)
    found = or_nothing(lambda: contacts.list_events(asked))
    return [_event(each, path, kind) for each in found.data] if found else None


def _event(event: CalendarEvent, path: str, kind: Any) -> EventRow:
    first, last = days_of(event)
    at = event.starts_at.astimezone(clock.zone()) if event.starts_at else clock.start_of(first)
    return EventRow(
        at=at,
        until=last,
        title=event.title,
        url=f"{path}/{event.calendar_id}/{event.id}",
        text=" · ".join(part for part in (time_of(event), event.place) if part),
        state=(kind, ""),
        all_day=event.all_day,
    )


def days_of(event: CalendarEvent) -> tuple[date, date]:
    """The first and the last local day; what is over at midnight does not reach the next day."""
    if event.starts_on and event.ends_on:
        return event.starts_on, event.ends_on
    assert event.starts_at
    assert event.ends_at
    return clock.local_date(event.starts_at), clock.local_date(event.ends_at - timedelta(microseconds=1))


def time_of(event: CalendarEvent) -> str:
    """When it is, beside its first day: `klo 9.00–15.00`; the days when there are several; empty for one whole day."""
    first, last = days_of(event)
    if event.all_day:
        return "" if first == last else date_range(first, last)
    assert event.starts_at
    assert event.ends_at
    return i18n.hours(event.starts_at, event.ends_at)


def _sessions(first: datetime, last: datetime, path: str) -> Rows:
    asked = ListSessions(starts_after=first, starts_before=last, limit=MOST)
    found = or_nothing(lambda: courses.list_sessions(asked))
    return [_session(each, path) for each in found.data] if found else None


def _session(session: Session, path: str) -> EventRow:
    return EventRow(
        at=session.starts_at.astimezone(clock.zone()),
        until=clock.local_date(session.starts_at),
        title=session.course.name.in_language(language()),
        url=f"{path}/{session.id}",
        text=f"{hours(session)} · {place(session)}",
        state=(COURSE, ""),
    )


def _tasks(first: datetime, last: datetime) -> Rows:
    account = own_account()
    if account is None:
        return []
    days = {"from_on": clock.local_date(first), "to_on": clock.local_date(last - timedelta(microseconds=1))}
    asked = ListTasks(assignee_id=account, state=TaskState.OPEN, limit=MOST, **days)
    found = or_nothing(lambda: contacts.list_tasks(asked))
    return [_task(each) for each in found.data] if found else None


def _task(task: Task) -> EventRow:
    assert task.due_on
    return EventRow(
        at=datetime.combine(task.due_on, task.due_time or time(), clock.zone()),
        until=task.due_on,
        title=task.title,
        url=f"/office/tasks/{task.id}",
        text=", ".join(each.name for each in task.contacts),
        state=(TASK, ""),
        all_day=task.due_time is None,
    )


def in_order(parts: Iterable[Rows]) -> list[EventRow]:
    """The rows of all sources by day and time, whole days first."""
    rows = [row for part in parts for row in part or []]
    return sorted(rows, key=lambda row: (row.at.date(), not row.all_day, row.at, row.title))


def on_each_day(rows: Iterable[EventRow], first: date, last: date) -> list[EventRow]:
    """The rows as a month shows them: on every day from `first` to `last` on which they are."""
    placed = (each for row in rows for each in _days(row, first, last))
    return sorted(placed, key=lambda row: (row.at.date(), not row.all_day, row.at))


def _days(row: EventRow, first: date, last: date) -> Iterator[EventRow]:
    begins = row.at.date()
    day = max(begins, first)
    while day <= min(row.until, last):
        yield row if day == begins else replace(row, at=clock.start_of(day), all_day=True)
        day += timedelta(days=1)
