"""Writing an event into a calendar, and changing it (A6)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ListRequest, Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import (
    OFFICE_CALENDAR,
    CalendarEvent,
    CalendarLevel,
    CreateEvent,
    OneEvent,
    UpdateEvent,
)
from contracts.errors import Invalid
from gateway.calendar_rows import SOURCES, days_of
from gateway.form_state import FormState
from gateway.i18n import clock_time, local_date
from gateway.moments import typed_moment
from gateway.pages.door import Pages
from gateway.submitted import day, form_command, needed, read, state, typed, without_empty

contacts = client(ContactsApi)
pages = Pages("calendar_forms", __name__)
CALENDAR: Final = "/office/calendar"
FIELDS: Final = ("calendar_id", "title", "day", "starts", "end_day", "ends", "place", "text", "url")
SERIES: Final = ("repeats", "repeats_until")
EVERY: Final[dict[str, tuple[dict[str, Any], Any]]] = {
    "day": ({"every": "day"}, lazy_gettext("Every day")),
    "week": ({"every": "week"}, lazy_gettext("Every week")),
    "two_weeks": ({"every": "week", "interval": 2}, lazy_gettext("Every second week")),
    "month": ({"every": "month"}, lazy_gettext("Every month on the same day")),
    "weekday": (
        {"every": "weekday_of_month"},
        lazy_gettext("Every month on the same weekday"),
    ),
    "year": ({"every": "year"}, lazy_gettext("Every year")),
}
"""How events repeat, as the form names it."""
SAID: Final = ("title", "place", "text", "url")
SHOWN_AS: Final = {"starts_on": "day", "starts_at": "starts", "ends_on": "end_day", "ends_at": "ends"}
OWN: Final = "own"
"""The choice of one's own calendar, which is made when it is first written into."""


@pages.form(f"{CALENDAR}/new", may=Permission.ACTIVITIES_WRITE)
def new_event() -> ResponseReturnValue:
    """A new event: of times, or of whole days when no time is given."""
    if request.method == "GET":
        return _form(FormState({"calendar_id": OFFICE_CALENDAR, "day": request.args.get("day", "")}))
    values = typed(*FIELDS, *SERIES)
    try:
        needed(values, "calendar_id", "title", "day")
        given = {**_said(values), **_times(values), **_repeats(values), **_calendar(values)}
        with form_command():
            made = contacts.create_event(read(CreateEvent, without_empty(given)))
    except Invalid as error:
        return _form(state(values, error, SHOWN_AS)), 422
    flash(_("The event is in the calendar."), "good")
    return redirect(f"{CALENDAR}/{made.calendar_id}/{made.id}")


def _said(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in SAID}


def _repeats(values: Mapping[str, str]) -> dict[str, Any]:
    """How it repeats; raises Invalid without a last day."""
    if values["repeats"] not in EVERY:
        return {}
    needed(values, "repeats_until")
    last = {"repeats_until": values["repeats_until"]}
    day(last, "repeats_until")
    return {"repeats": {**EVERY[values["repeats"]][0], "until": last["repeats_until"]}}


def _calendar(values: Mapping[str, str]) -> dict[str, Any]:
    chosen = values["calendar_id"]
    return {"calendar_id": contacts.open_own_calendar(Nothing()).id if chosen == OWN else chosen}


def _times(values: Mapping[str, str]) -> dict[str, Any]:
    """Times when one is typed, else whole days; raises Invalid for what nobody understands."""
    if not values["starts"] and not values["ends"]:
        days = {"starts_on": values["day"], "ends_on": values["end_day"]}
        for name in days:
            day(days, name)
        return days
    needed(values, "starts")
    starts = typed_moment(values, "day", "starts")
    last = {**values, "end_day": values["end_day"] or values["day"]}
    return {"starts_at": starts, "ends_at": typed_moment(last, "end_day", "ends") if values["ends"] else None}


def _form(f: FormState, event: CalendarEvent | None = None, version: str = "") -> str:
    return render_template(
        "calendar/form.html",
        f=f,
        event=event,
        version=version or (event.version if event else ""),
        calendars=[] if event else _choices(),
        every=[(value, label) for value, (_asked, label) in EVERY.items()],
    )


def _choices() -> list[tuple[Any, str]]:
    """The calendars that can be written into, with who sees them; one's own is offered before it is there."""
    found = contacts.list_calendars(ListRequest(limit=200)).data
    choices: list[tuple[Any, str]] = [
        (each.id, str(SOURCES[each.level.value]) if each.built_in else f"{each.name} ({SOURCES[each.level.value]})")
        for each in found
    ]
    has_own = any(each.built_in and each.level is CalendarLevel.PRIVATE for each in found)
    return choices if has_own else [*choices, (OWN, str(SOURCES["private"]))]


@pages.form(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>/edit", may=Permission.ACTIVITIES_WRITE)
def edit_event(calendar_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Change an event."""
    event = contacts.get_event(OneEvent(calendar_id=calendar_id, id=event_id))
    if request.method == "GET":
        return _form(FormState(_shown(event)), event)
    values, version = typed(*FIELDS, "following"), request.form.get("version", "")
    try:
        needed(values, "title", "day")
        with form_command():
            contacts.update_event(_update(event, values, version))
    except Invalid as error:
        return _form(state(values, error, SHOWN_AS), event, version), 422
    flash(_("Saved."), "good")
    return redirect(f"{CALENDAR}/{calendar_id}/{event_id}")


def _shown(event: CalendarEvent) -> dict[str, Any]:
    first, last = days_of(event)
    return {
        **{name: getattr(event, name) for name in SAID},
        "day": local_date(first),
        "end_day": "" if first == last else local_date(last),
        "starts": clock_time(event.starts_at),
        "ends": clock_time(event.ends_at),
    }


def _update(event: CalendarEvent, values: Mapping[str, str], version: str) -> UpdateEvent:
    times = _times(values)
    if times.get("starts_on") and not times.get("ends_on"):
        times["ends_on"] = times["starts_on"]
    said = _said(values)
    named = {"calendar_id": event.calendar_id, "id": event.id, "version": version}
    empty = [name for name in ("place", "text", "url") if not said[name]]
    following = values["following"] == "yes"
    return read(UpdateEvent, {**without_empty({**said, **times}), **named, "clear": empty, "following": following})
