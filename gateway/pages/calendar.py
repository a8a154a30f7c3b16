"""The public calendar: by month and as a list, each event, and a page that other sites show in a frame (A6)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response, make_response, render_template, request

from chassis import clock
from chassis.rpc import client
from chassis.settings import settings
from contracts.access import Rule
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import PUBLIC_CALENDAR, CalendarLevel, OneEvent
from contracts.errors import NotFound
from gateway.calendar_feeds import entries_of
from gateway.calendar_files import calendar_file
from gateway.calendar_rows import Rows, days_of, in_order, on_each_day, public_rows, time_of
from gateway.listing import ListState
from gateway.months import month_of, weekday_names
from gateway.pages.door import Pages
from gateway.security import frameable

contacts = client(ContactsApi)
pages = Pages("calendar", __name__)
AHEAD: Final = timedelta(days=180)
"""How far a list looks."""
Ask = Callable[[datetime, datetime], list[Rows]]
PARAMETERS: Final = ("view", "month", "show")


def shown() -> ListState:
    """What the address says of a calendar."""
    return ListState(request.path, {name: request.args[name][:40] for name in PARAMETERS if request.args.get(name)})


def by_month(state: ListState, rows: Ask) -> dict[str, Any]:
    """What `components/month.html` needs; `rows(first, last)` asks for what is between two times."""
    month = month_of(state.query.get("month", ""))
    parts = rows(month.starts_at, month.following.starts_at)
    found = on_each_day(in_order(parts), month.first, month.following.first - timedelta(days=1))
    return {
        "month": month,
        "weeks": month.weeks(found),
        "weekdays": weekday_names(),
        "rows": found,
        "incomplete": None in parts,
    }


def as_list(rows: Ask) -> dict[str, Any]:
    """What is to come, by its first day."""
    today = clock.start_of(clock.today())
    parts = rows(today, today + AHEAD)
    return {"rows": in_order(parts), "incomplete": None in parts}


@pages.get("/calendar", may=Rule.PUBLIC)
def public_calendar() -> str:
    """Events and courses for everybody."""
    return render_template("calendar/public.html", **_public())


def _public() -> dict[str, Any]:
    state = shown()
    as_a_list = state.query.get("view") == "list"
    content = as_list(public_rows) if as_a_list else by_month(state, public_rows)
    return {"state": state, "as_list": as_a_list, "feed": feed_address(PUBLIC_CALENDAR), **content}


def feed_address(calendar_id: UUID) -> str:
    """Where other programs read a public calendar."""
    return f"{settings().talkoo_base_url}/api/v1/calendars/{calendar_id}.ics"


@pages.get("/calendar/embed", may=Rule.PUBLIC)
def embedded_calendar() -> Response:
    """The calendar alone, for a frame on another site."""
    return frameable(make_response(render_template("calendar/embed.html", **_public())))


@pages.get("/calendar/<uuid:calendar_id>/<uuid:event_id>", may=Rule.PUBLIC)
def public_event(calendar_id: UUID, event_id: UUID) -> str:
    """An event of a public calendar."""
    event = _public_event(calendar_id, event_id)
    first, _last = days_of(event)
    return render_template("calendar/event.html", event=event, first=first, hours=time_of(event))


def _public_event(calendar_id: UUID, event_id: UUID) -> Any:
    if contacts.get_calendar(ById(id=calendar_id)).level is not CalendarLevel.PUBLIC:
        raise NotFound(f"There is no public calendar {calendar_id}.", id=calendar_id)
    return contacts.get_event(OneEvent(calendar_id=calendar_id, id=event_id))


@pages.get("/calendar/<uuid:calendar_id>/<uuid:event_id>/event.ics", may=Rule.PUBLIC)
def public_event_file(calendar_id: UUID, event_id: UUID) -> Response:
    """The event for one's own calendar."""
    event = _public_event(calendar_id, event_id)
    return calendar_file(event.title, entries_of([event], []), "event.ics")
