"""The office's calendar: public, the office's and one's own events, courses and tasks in one month; each event (A6)."""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from chassis.rpc import client
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import (
    MOST_REPEATS,
    CalendarEvent,
    DeleteEvent,
    ListEvents,
    OneEvent,
    RestoreEvent,
)
from gateway.calendar_rows import SOURCES, Rows, days_of, office_rows, time_of
from gateway.i18n import date_range
from gateway.listing import Filter, Option
from gateway.pages.calendar import as_list, by_month, shown
from gateway.pages.door import Pages
from gateway.pages.person_names import may
from gateway.submitted import form_command, read
from gateway.undo import undo

contacts = client(ContactsApi)
pages = Pages("office_calendar", __name__)
CALENDAR: Final = "/office/calendar"
WHICH: Final = Filter("show", lazy_gettext("Which"), [Option(value, label) for value, label in SOURCES.items()])


@pages.get(CALENDAR, may=Permission.ACTIVITIES_READ)
def office_calendar() -> str:
    """All that one may see, by month or as a list."""
    state = shown()
    as_a_list = state.query.get("view") == "list"
    rows = partial(_rows, source=state.query.get("show", ""))
    return render_template(
        "calendar/office.html",
        state=state,
        as_list=as_a_list,
        filters=(WHICH,),
        may_write=may(Permission.ACTIVITIES_WRITE),
        **(as_list(rows) if as_a_list else by_month(state, rows)),
    )


def _rows(first: datetime, last: datetime, source: str) -> list[Rows]:
    return office_rows(first, last, source if source in SOURCES else "")


@pages.get(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>", may=Permission.ACTIVITIES_READ)
def event_card(calendar_id: UUID, event_id: UUID) -> str:
    """One event."""
    calendar = contacts.get_calendar(ById(id=calendar_id))
    event = contacts.get_event(OneEvent(calendar_id=calendar_id, id=event_id))
    first, _last = days_of(event)
    series, has_following = _series_of(event)
    return render_template(
        "calendar/card.html",
        calendar=calendar,
        level=SOURCES[calendar.level.value],
        event=event,
        first=first,
        hours=time_of(event),
        series=series,
        has_following=has_following,
        address=f"{CALENDAR}/{calendar_id}/{event_id}",
        may_write=may(Permission.ACTIVITIES_WRITE),
    )


def _series_of(event: CalendarEvent) -> tuple[str, bool]:
    """The series of an event in words, and whether others of it come after this one."""
    if event.series_id is None:
        return "", False
    asked = ListEvents(calendar_id=event.calendar_id, series_id=event.series_id, limit=MOST_REPEATS)
    found = contacts.list_events(asked).data
    if not found:  # just deleted
        return "", False
    days = date_range(days_of(found[0])[0], days_of(found[-1])[0])
    return ngettext("Once, %(days)s", "%(num)s times, %(days)s", len(found), days=days), found[-1].id != event.id


@pages.post(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>/delete", may=Permission.ACTIVITIES_WRITE)
def delete_event(calendar_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Take an event away; the next page offers to undo it."""
    _delete(calendar_id, event_id, following=False)
    flash(_("The event is deleted."), undo(f"{CALENDAR}/{calendar_id}/{event_id}/restore", CALENDAR))
    return redirect(CALENDAR)


@pages.post(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>/delete-following", may=Permission.ACTIVITIES_WRITE)
def delete_following_events(calendar_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Take an event and those after it in its series away; the next page offers to undo it."""
    _delete(calendar_id, event_id, following=True)
    back = undo(f"{CALENDAR}/{calendar_id}/{event_id}/restore-following", CALENDAR)
    flash(_("The event and those after it are deleted."), back)
    return redirect(CALENDAR)


def _delete(calendar_id: UUID, event_id: UUID, *, following: bool) -> None:
    named = {"calendar_id": calendar_id, "id": event_id, "version": request.form.get("version", "")}
    with form_command():
        contacts.delete_event(read(DeleteEvent, {**named, "following": following}))


@pages.post(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>/restore", may=Permission.ACTIVITIES_WRITE)
def restore_event(calendar_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Bring a deleted event back."""
    contacts.restore_event(RestoreEvent(calendar_id=calendar_id, id=event_id))
    flash(_("The event is back."), "good")
    return redirect(f"{CALENDAR}/{calendar_id}/{event_id}")


@pages.post(f"{CALENDAR}/<uuid:calendar_id>/<uuid:event_id>/restore-following", may=Permission.ACTIVITIES_WRITE)
def restore_following_events(calendar_id: UUID, event_id: UUID) -> ResponseReturnValue:
    """Bring a deleted event back, and those of its series that went with it."""
    contacts.restore_event(RestoreEvent(calendar_id=calendar_id, id=event_id, following=True))
    flash(_("The events are back."), "good")
    return redirect(f"{CALENDAR}/{calendar_id}/{event_id}")
