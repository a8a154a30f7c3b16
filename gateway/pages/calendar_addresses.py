"""Addresses at which phones and other programs read the calendars, and the lines that show the public one elsewhere."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client, side_by_side
from chassis.settings import settings
from contracts.access import Permission
from contracts.base import ById, ListRequest, Nothing
from contracts.contacts import ContactsApi
from contracts.contacts.calendars import Calendar, CalendarLevel, RevokeAddress
from gateway.calendar_rows import SOURCES
from gateway.pages.calendar import feed_address
from gateway.pages.door import Pages
from gateway.pages.person_names import may

contacts = client(ContactsApi)
pages = Pages("calendar_addresses", __name__)
ADDRESSES: Final = "/office/calendar/addresses"


@pages.get(ADDRESSES, may=Permission.ACTIVITIES_READ)
def list_addresses() -> str:
    """How other programs read each calendar."""
    return _page()


def _page(made: str = "", of: UUID | None = None) -> str:
    """`made` is a new secret address, shown this once, of the calendar `of`."""
    calendars = contacts.list_calendars(ListRequest(limit=200)).data
    secret = [each for each in calendars if each.level is not CalendarLevel.PUBLIC]
    found = side_by_side(*(partial(_own_addresses, each.id) for each in secret))
    has_own = any(each.level is CalendarLevel.PRIVATE and each.built_in for each in calendars)
    g.page_path = "/office/calendar"
    return render_template(
        "calendar/addresses.html",
        public=[(each, feed_address(each.id)) for each in calendars if each not in secret],
        secret=list(zip(secret, found, strict=True)),
        made=made,
        of=of,
        words=_name,
        has_own=has_own,
        may_write=may(Permission.ACTIVITIES_WRITE),
        snippet=_snippet(),
        address=ADDRESSES,
    )


def _own_addresses(calendar_id: UUID) -> Any:
    return contacts.list_calendar_addresses(ById(id=calendar_id)).data


def _name(calendar: Calendar) -> str:
    return str(SOURCES[calendar.level.value]) if calendar.built_in else calendar.name


def _snippet() -> str:
    """What goes into a page of another site."""
    source = f"{settings().talkoo_base_url}/calendar/embed"
    return f'<iframe src="{source}" title="{_("Calendar")}" width="100%" height="700" loading="lazy"></iframe>'


@pages.post(f"{ADDRESSES}/own", may=Permission.ACTIVITIES_WRITE)
def open_own_calendar() -> ResponseReturnValue:
    """Make one's own calendar, so that it can have an address."""
    contacts.open_own_calendar(Nothing())
    return redirect(ADDRESSES)


@pages.post(f"{ADDRESSES}/<uuid:calendar_id>", may=Permission.ACTIVITIES_READ)
def make_address(calendar_id: UUID) -> str:
    """A new address, shown this once; the one before ends."""
    made = contacts.make_calendar_address(ById(id=calendar_id))
    return _page(made.address or "", calendar_id)


@pages.post(f"{ADDRESSES}/<uuid:calendar_id>/<uuid:address_id>/revoke", may=Permission.ACTIVITIES_READ)
def revoke_address(calendar_id: UUID, address_id: UUID) -> ResponseReturnValue:
    """The address opens nothing any more."""
    contacts.revoke_calendar_address(RevokeAddress(calendar_id=calendar_id, id=address_id))
    flash(_("The address is withdrawn. Programs that used it see nothing any more."), "good")
    return redirect(ADDRESSES)
