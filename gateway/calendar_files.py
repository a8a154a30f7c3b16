"""iCalendar files (RFC 5545) of sessions, of one's own enrolments (K8) and of calendars (A6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Response
from icalendar import Calendar, Event

PRODUCT = "-//Talkoo//Courses//EN"


@dataclass(frozen=True)
class CalendarEvent:
    """One entry: `id` stays the same when the file is fetched again, so that calendars replace what they have.

    Of whole days when it starts on a day; then it ends before the day `ends_at`.
    """

    id: str
    title: str
    starts_at: datetime | date
    ends_at: datetime | date
    changed_at: datetime
    place: str = ""
    text: str = ""
    url: str = ""
    sure: bool = True


def calendar_file(name: str, events: Iterable[CalendarEvent], file_name: str) -> Response:
    """A calendar with these events; times are in UTC, which every calendar shows in its own zone."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(_component(event))
    response = Response(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _component(event: CalendarEvent) -> Event:
    made = Event()
    made.add("uid", event.id)
    made.add("summary", event.title)
    made.add("dtstart", _in_utc(event.starts_at))
    made.add("dtend", _in_utc(event.ends_at))
    made.add("dtstamp", event.changed_at)
    made.add("status", "CONFIRMED" if event.sure else "TENTATIVE")
    if event.place:
        made.add("location", event.place)
    if event.text:
        made.add("description", event.text)
    if event.url:
        made.add("url", event.url)
    return made


def _in_utc(moment: datetime | date) -> datetime | date:
    """A time that needs no definition of a time zone in the file; a day stays one."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
