"""Calendars, their events, and feeds that other programs read."""

from typing import Annotated
from uuid import UUID

from flask import Response
from pydantic import Field

from chassis.rpc import client
from contracts.access import Rule
from contracts.base import Request
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import PUBLIC_CALENDAR, AskFeed
from gateway.api.door import query_of
from gateway.api.routes import Resource
from gateway.calendar_feeds import entries_of, public_entries
from gateway.calendar_files import calendar_file

contacts = client(ContactsApi)
resource = Resource(ContactsApi, "Calendars")
EVENT = {"title": "Spring meeting", "starts_at": "2027-03-15T17:00:00+02:00", "place": "Community hall",
         "repeats": {"every": "week", "interval": 2, "until": "2027-05-31"}}  # fmt: skip

resource.get("/calendars", ContactsApi.list_calendars, "Calendars that the caller may see")
resource.post("/calendars", ContactsApi.create_calendar, "A new calendar", status=201, location="/calendars/{id}",
              example={"name": "Board", "level": "office"})  # fmt: skip
resource.post("/calendars/own", ContactsApi.open_own_calendar, "The caller's own calendar, made on first use")
resource.get("/calendars/{id}", ContactsApi.get_calendar, "One calendar")
resource.patch(
    "/calendars/{id}", ContactsApi.update_calendar, "Give a calendar another name", example={"name": "Board"}
)
resource.delete("/calendars/{id}", ContactsApi.delete_calendar, "Take a calendar away; it can be restored")
resource.post("/calendars/{id}/restore", ContactsApi.restore_calendar, "Bring a deleted calendar back")
resource.get("/calendars/{calendar_id}/events", ContactsApi.list_events, "Events by their beginning")
resource.post("/calendars/{calendar_id}/events", ContactsApi.create_event, "A new event, or a series of them",
              status=201, location="/calendars/{calendar_id}/events/{id}", example=EVENT)  # fmt: skip
resource.get("/calendars/{calendar_id}/events/{id}", ContactsApi.get_event, "One event")
resource.patch("/calendars/{calendar_id}/events/{id}", ContactsApi.update_event, "Change an event",
               example={"place": "Library"})  # fmt: skip
resource.delete("/calendars/{calendar_id}/events/{id}", ContactsApi.delete_event,
                "Take an event away; it can be restored")  # fmt: skip
resource.post("/calendars/{calendar_id}/events/{id}/restore", ContactsApi.restore_event, "Bring a deleted event back")
resource.get("/calendars/{id}/addresses", ContactsApi.list_calendar_addresses, "One's own secret addresses that work")
resource.post("/calendars/{id}/addresses", ContactsApi.make_calendar_address,
              "A secret address for another program; the one before ends", status=201)  # fmt: skip
resource.delete("/calendars/{calendar_id}/addresses/{id}", ContactsApi.revoke_calendar_address, "Withdraw an address")


class FeedQuery(Request):
    """The secret of a calendar that is not public."""

    key: Annotated[str, Field(max_length=200)] = ""


def get_calendar_file(id: UUID) -> Response:  # noqa: A002  (the name in the address)
    """The calendar as iCalendar; the built-in public one with the sessions of the courses."""
    asked = query_of(FeedQuery)
    feed = contacts.get_calendar_feed(AskFeed(id=id, key=asked.key))
    entries = entries_of(feed.events, feed.tasks)
    if id == PUBLIC_CALENDAR:
        entries += public_entries()
    return calendar_file(feed.calendar.name, entries, f"{feed.calendar.level}.ics")


resource.view(
    "GET",
    "/calendars/{id}.ics",
    get_calendar_file,
    "The calendar as a feed (iCalendar); one that is not public needs the key of an address, or who may see it",
    (Rule.PUBLIC,),
    request=FeedQuery,
    produces="text/calendar",
)
