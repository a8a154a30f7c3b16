"""What a calendar's feed holds: its events, its holder's tasks, and for the public one the sessions of the courses."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client, or_nothing
from chassis.settings import settings
from contracts.contacts import calendars as contract
from contracts.contacts.tasks import Task, TaskState
from contracts.courses import CoursesApi, ListSessions
from gateway.calendar_files import CalendarEvent
from gateway.course_rows import place
from gateway.i18n import language

courses = client(CoursesApi)
MOST: Final = 200
A_QUARTER: Final = timedelta(minutes=15)


def entries_of(events: Iterable[contract.CalendarEvent], tasks: Iterable[Task]) -> list[CalendarEvent]:
    """Events and open tasks as entries of a file."""
    open_tasks = (each for each in tasks if each.state is TaskState.OPEN)
    return [*map(_event, events), *(_task(each) for each in open_tasks if each.due_on)]


def public_entries() -> list[CalendarEvent]:
    """The sessions to come, as entries; none while courses is away."""
    found = or_nothing(lambda: courses.list_sessions(ListSessions(limit=MOST)))
    return [
        CalendarEvent(
            id=_uid("session", each.id),
            title=each.course.name.in_language(language()),
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            changed_at=clock.now(),
            place=place(each),
            url=f"{settings().talkoo_base_url}/courses/{each.id}",
        )
        for each in (found.data if found else [])
    ]


def _uid(kind: str, thing_id: object) -> str:
    return f"{kind}-{thing_id}@{urlsplit(settings().talkoo_base_url).hostname}"


def _event(event: contract.CalendarEvent) -> CalendarEvent:
    starts: datetime | date | None = event.starts_at or event.starts_on
    ends: datetime | date | None = event.ends_at or (event.ends_on + timedelta(days=1) if event.ends_on else None)
    assert starts
    assert ends
    return CalendarEvent(
        id=_uid("event", event.id),
        title=event.title,
        starts_at=starts,
        ends_at=ends,
        changed_at=event.changed_at,
        place=event.place,
        text=event.text,
        url=event.url or "",
    )


def _task(task: Task) -> CalendarEvent:
    """A task on its day, or a quarter of an hour from the time at which it is due."""
    assert task.due_on
    starts, ends = task.due_on, task.due_on + timedelta(days=1)
    due = datetime.combine(task.due_on, task.due_time, clock.zone()).astimezone(UTC) if task.due_time else None
    return CalendarEvent(
        id=_uid("task", task.id),
        title=_("Task: %(title)s", title=task.title),
        starts_at=due or starts,
        ends_at=due + A_QUARTER if due else ends,
        changed_at=task.created_at,
        text=task.text,
        url=f"{settings().talkoo_base_url}/office/tasks/{task.id}",
    )
