"""Calendars at three levels, their events and their addresses (A6)."""

from uuid import UUID

from chassis.settings import settings
from contracts.access import Permission, PrincipalKind
from contracts.base import ById, Done, ListRequest, Nothing, Page
from contracts.contacts.calendars import (
    AskFeed,
    Calendar,
    CalendarAddress,
    CalendarAddresses,
    CalendarEvent,
    CalendarFeed,
    CalendarLevel,
    CalendarsApi,
    CreateCalendar,
    CreateEvent,
    DeleteCalendar,
    DeleteEvent,
    ListEvents,
    OneEvent,
    RestoreEvent,
    RevokeAddress,
    UpdateCalendar,
    UpdateEvent,
)
from contracts.errors import NotFound
from services.contacts.colleagues import works_here
from services.contacts.commands import calendar_addresses, calendar_events, calendars
from services.contacts.queries import calendars as calendar_lists
from services.contacts.queries.calendars import Viewer
from services.contacts.service.base import ContactsMethods


class CalendarsMethods(ContactsMethods, CalendarsApi):
    """Calendars at three levels, their events and their addresses (A6)."""

    def create_calendar(self, request: CreateCalendar) -> Calendar:
        return self._shown_calendar(calendars.create(self.session, request, self.author))

    def open_own_calendar(self, request: Nothing) -> Calendar:
        return self._shown_calendar(calendars.open_own(self.session, self.author))

    def get_calendar(self, request: ById) -> Calendar:
        return calendar_lists.get(self.reader, request.id, self._viewer)

    def list_calendars(self, request: ListRequest) -> Page[Calendar]:
        return calendar_lists.list_page(self.reader, request, self._viewer)

    def update_calendar(self, request: UpdateCalendar) -> Calendar:
        return self._shown_calendar(calendars.change(self.session, request, self.author))

    def delete_calendar(self, request: DeleteCalendar) -> Done:
        calendars.delete(self.session, request, self.author)
        return Done()

    def restore_calendar(self, request: ById) -> Calendar:
        return self._shown_calendar(calendars.restore(self.session, request.id, self.author))

    def create_event(self, request: CreateEvent) -> CalendarEvent:
        event_id = calendar_events.create(self.session, request, self.author)
        return self._shown_event(request.calendar_id, event_id)

    def get_event(self, request: OneEvent) -> CalendarEvent:
        return calendar_lists.get_event(self.reader, request, self._viewer)

    def list_events(self, request: ListEvents) -> Page[CalendarEvent]:
        return calendar_lists.list_events(self.reader, request, self._viewer)

    def update_event(self, request: UpdateEvent) -> CalendarEvent:
        event_id = calendar_events.change(self.session, request, self.author)
        return self._shown_event(request.calendar_id, event_id)

    def delete_event(self, request: DeleteEvent) -> Done:
        calendar_events.delete(self.session, request, self.author)
        return Done()

    def restore_event(self, request: RestoreEvent) -> CalendarEvent:
        event_id = calendar_events.restore(self.session, request, self.author)
        return self._shown_event(request.calendar_id, event_id)

    def make_calendar_address(self, request: ById) -> CalendarAddress:
        made, token = calendar_addresses.make(self.session, request.id, self.author)
        address = f"{settings().talkoo_base_url}/api/v1/calendars/{request.id}.ics?key={token}"
        return CalendarAddress(id=made.id, calendar_id=request.id, created_at=made.created_at, address=address)

    def list_calendar_addresses(self, request: ById) -> CalendarAddresses:
        return CalendarAddresses(data=calendar_lists.list_addresses(self.reader, request.id, self._viewer))

    def revoke_calendar_address(self, request: RevokeAddress) -> Done:
        calendar_addresses.revoke(self.session, request, self.author)
        return Done()

    def get_calendar_feed(self, request: AskFeed) -> CalendarFeed:
        viewer = self._holder(request) if request.key else self._viewer
        calendar = calendar_lists.get(self.reader, request.id, viewer)
        events = calendar_lists.feed_events(self.reader, request.id, self.now)
        account_id = _account_of(viewer.label) if calendar.level is CalendarLevel.PRIVATE else None
        tasks = calendar_lists.feed_tasks(self.reader, account_id, self.now) if account_id else []
        return CalendarFeed(calendar=calendar, events=events, tasks=tasks)

    @property
    def _viewer(self) -> Viewer:
        """Who looks in this call; the suite itself sees what the office sees."""
        principal = self.principal
        of_office = principal.kind is PrincipalKind.SYSTEM or principal.has(Permission.ACTIVITIES_READ)
        return Viewer(principal.label, of_office)

    def _holder(self, request: AskFeed) -> Viewer:
        """Who holds the address with this secret; raises NotFound, also when the holder works here no more."""
        holder = calendar_lists.holder_of(self.reader, request.id, request.key)
        account_id = _account_of(holder) if holder else None
        if holder is None or (account_id and not works_here(account_id)):
            raise NotFound(f"There is no calendar {request.id} at this address.", id=request.id)
        return Viewer(holder, of_office=True)

    def _shown_calendar(self, calendar_id: UUID) -> Calendar:
        return calendar_lists.get(self.session, calendar_id, self._viewer)

    def _shown_event(self, calendar_id: UUID, event_id: UUID) -> CalendarEvent:
        return calendar_lists.get_event(self.session, OneEvent(calendar_id=calendar_id, id=event_id), self._viewer)


def _account_of(label: str) -> UUID | None:
    """The account that a principal's label names."""
    kind, _colon, account_id = label.partition(":")
    return UUID(account_id) if kind == PrincipalKind.ACCOUNT else None
