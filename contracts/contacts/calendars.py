"""Calendars at three levels: for everybody, for the office, one's own; and their addresses for other programs (A6)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission, Rule
from contracts.base import (
    ById,
    Code,
    Data,
    Done,
    Line,
    ListRequest,
    Nothing,
    OptionalLine,
    Page,
    Reply,
    Request,
    Text,
    command,
    query,
)
from contracts.contacts.tasks import Task
from contracts.system import SystemApi
from contracts.values import Day, Moment

PUBLIC_CALENDAR: Final = UUID("00188dd2-7f85-59f3-9e8d-21e12778216f")
"""The calendar that every suite has for the world; pages and feeds show the courses' sessions beside its events."""
OFFICE_CALENDAR: Final = UUID("fbaa28f1-e725-5764-b322-1d2ac767ec17")
"""The calendar that every suite has for the office."""
MOST_REPEATS: Final = 200
"""Events of one series."""
WebAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^https?://[^\s<>\"]+\.[^\s<>\"]+$")
]
"""An address of a web page."""


class CalendarLevel(StrEnum):
    """Who sees a calendar: everybody, the office (who has the right to activities), or its owner alone."""

    PUBLIC = "public"
    OFFICE = "office"
    PRIVATE = "private"


class CreateCalendar(Request):
    """A new calendar; a private one is the caller's own."""

    name: Line
    level: CalendarLevel


class UpdateCalendar(Request):
    """Another name; the level stays, as it was promised to those who write into it."""

    id: UUID
    version: int
    name: Line | None = None


class DeleteCalendar(Request):
    """Takes a calendar with its events away; it can be restored for 30 days. Built-in ones stay (Conflict)."""

    id: UUID
    version: int


class Calendar(Reply):
    """A calendar. Built in are one public, one of the office, and each colleague's own when it is first used."""

    id: UUID
    name: str
    level: CalendarLevel
    built_in: bool = False
    created_at: datetime
    version: int = 1


class EventDetails(Data):
    """Either days (`starts_on` and the last one, `ends_on`), or times (`starts_at`, and `ends_at`: else an hour)."""

    title: Line
    text: Text = ""
    place: OptionalLine = ""
    url: WebAddress | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class Every(StrEnum):
    """After what an event comes again: `weekday_of_month` is for example each second Tuesday of a month.

    A month without the 31st has the event on its last day, one without a fifth Tuesday on its last.
    """

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WEEKDAY_OF_MONTH = "weekday_of_month"
    YEAR = "year"


class Repeats(Data):
    """Again after so many days, weeks, months or years: until a day, or so many times in all; 200 at most."""

    every: Every
    interval: Annotated[int, Field(ge=1, le=99)] = 1
    until: Day | None = None
    times: Annotated[int, Field(ge=1, le=MOST_REPEATS)] | None = None


class CreateEvent(EventDetails, Request):
    """A new event; when it `repeats`, a series of events, each of which is like any other. The first is answered."""

    calendar_id: UUID
    repeats: Repeats | None = None


class UpdateEvent(Request):
    """Changes what is given; days in place of times, or times in place of days, replace them wholly."""

    calendar_id: UUID
    id: UUID
    version: int
    title: Line | None = None
    text: Text | None = None
    place: OptionalLine | None = None
    url: WebAddress | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `text`, `place`, `url`."""
    following: bool = False
    """Those of its series that come after it are changed the same way, and moved by as many days."""


class OneEvent(Request):
    """Names an event of a calendar."""

    calendar_id: UUID
    id: UUID


class DeleteEvent(OneEvent):
    """An event to take away; also those of its series that come after it, when these are `following`."""

    version: int
    following: bool = False


class RestoreEvent(OneEvent):
    """An event to bring back; also those of its series that went with it, when these are `following`."""

    following: bool = False


class CalendarEvent(Reply):
    """An event: of whole days, or of times."""

    id: UUID
    calendar_id: UUID
    title: str
    text: str = ""
    place: str = ""
    url: str | None = None
    all_day: bool
    starts_on: date | None = None
    ends_on: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    changed_at: datetime
    series_id: UUID | None = None
    """The same for all events of a series."""
    version: int = 1


class ListEvents(ListRequest):
    """Events of a calendar, or of all that the caller may see, by their beginning; those that touch the period."""

    calendar_id: UUID | None = None
    level: CalendarLevel | None = None
    series_id: UUID | None = None
    ends_after: Moment | None = None
    starts_before: Moment | None = None


class CalendarAddress(Reply):
    """A secret address at which another program reads the calendar for its holder; shown once, when it is made."""

    id: UUID
    calendar_id: UUID
    created_at: datetime
    address: str | None = None


class CalendarAddresses(Reply):
    """The caller's own addresses that work; their secrets are not kept."""

    data: list[CalendarAddress]


class RevokeAddress(Request):
    """The address opens nothing any more."""

    calendar_id: UUID
    id: UUID


class AskFeed(Request):
    """Asks for a calendar as a feed: with the secret of an address, or as who may see it."""

    id: UUID
    key: Annotated[str, Field(max_length=200)] = ""


class CalendarFeed(Reply):
    """Events from a year ago on, and to a private calendar its holder's tasks with their days."""

    calendar: Calendar
    events: list[CalendarEvent]
    tasks: list[Task] = []


class CalendarsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.ACTIVITIES_WRITE)
    def create_calendar(self, request: CreateCalendar) -> Calendar: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def open_own_calendar(self, request: Nothing) -> Calendar: ...

    @query(may=Rule.PUBLIC)
    def get_calendar(self, request: ById) -> Calendar: ...

    @query(may=Rule.PUBLIC)
    def list_calendars(self, request: ListRequest) -> Page[Calendar]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_calendar(self, request: UpdateCalendar) -> Calendar: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_calendar(self, request: DeleteCalendar) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_calendar(self, request: ById) -> Calendar: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def create_event(self, request: CreateEvent) -> CalendarEvent: ...

    @query(may=Rule.PUBLIC)
    def get_event(self, request: OneEvent) -> CalendarEvent: ...

    @query(may=Rule.PUBLIC)
    def list_events(self, request: ListEvents) -> Page[CalendarEvent]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_event(self, request: UpdateEvent) -> CalendarEvent: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_event(self, request: DeleteEvent) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_event(self, request: RestoreEvent) -> CalendarEvent: ...

    @command(may=Permission.ACTIVITIES_READ, remember=False)
    def make_calendar_address(self, request: ById) -> CalendarAddress: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_calendar_addresses(self, request: ById) -> CalendarAddresses: ...

    @command(may=Permission.ACTIVITIES_READ)
    def revoke_calendar_address(self, request: RevokeAddress) -> Done: ...

    @query(may=Rule.PUBLIC, deadline=5)
    def get_calendar_feed(self, request: AskFeed) -> CalendarFeed: ...
