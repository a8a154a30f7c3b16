"""What can be found by words in contacts (A7); persons and organisations are found by likeness, see their lists."""

from typing import Any, Final

from sqlalchemy import ColumnElement, exists, or_

from chassis.searching import Searched
from contracts.access import Permission
from services.contacts import models


def _there(model: Any, _label: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = model.deleted_at.is_(None)
    return found


def _not_of_others(model: Any, label: str) -> ColumnElement[bool]:
    """Private things are seen by who recorded them alone (ADR 9)."""
    return _there(model, label) & or_(~model.private, model.recorded_by == label)


def _in_own_calendars(model: Any, label: str) -> ColumnElement[bool]:
    """Calendars of the office and of the public, and one's own."""
    calendar = models.Calendar
    seen = calendar.deleted_at.is_(None) & calendar.owner.in_(("", label))
    return _there(model, label) & exists().where(calendar.id == model.calendar_id, seen)


ACTIVITIES: Final = Permission.ACTIVITIES_READ
CONTACTS: Final = Permission.CONTACTS_READ
SEARCHED: Final = (
    Searched("activities", ACTIVITIES, models.Activity, "text", at="happened_at", visible=_not_of_others),
    Searched("tasks", ACTIVITIES, models.Task, "title", at="due_on", visible=_there),
    Searched("projects", ACTIVITIES, models.Project, "name", at="created_at", visible=_there),
    Searched(
        "calendar_events", ACTIVITIES, models.CalendarEvent, "title", at="begins_at", day="starts_on",
        within="calendar_id", visible=_in_own_calendars,
    ),
    Searched("documents", ACTIVITIES, models.Document, "title", at="dated_on", visible=_not_of_others),
    Searched("surveys", CONTACTS, models.Survey, "title", at="created_at", visible=_there),
    Searched("segments", CONTACTS, models.Segment, "name", at="created_at", visible=_there),
)  # fmt: skip
