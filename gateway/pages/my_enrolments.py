"""One's own enrolments: tickets, paying, taking an offer, giving the seat back, the calendar."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock, files
from chassis.rpc import client
from chassis.settings import settings
from contracts.access import Rule
from contracts.base import ById
from contracts.courses import (
    CancelEnrolment,
    CoursesApi,
    Enrolment,
    EnrolmentState,
    ListEnrolments,
    PaymentMethod,
)
from contracts.errors import Conflict
from gateway import session_items, standing
from gateway.api.downloads import download
from gateway.calendar_files import CalendarEvent, calendar_file
from gateway.i18n import money
from gateway.pages.door import Pages
from gateway.pages.my import ALL, agenda_item, coming, session_name
from gateway.pages.own import own, own_id
from gateway.paying import pay_by_card
from gateway.submitted import form_command

courses = client(CoursesApi)
pages = Pages("my_enrolments", __name__)
IN_CALENDAR: Final = (EnrolmentState.CONFIRMED, EnrolmentState.HELD, EnrolmentState.OFFERED)


@pages.get("/my/enrolments", may=Rule.OWN)
def enrolments() -> str:
    """Those to come, by their start; then earlier ones, the latest first."""
    found = _all_own()
    ahead = coming(found)
    earlier = sorted((each for each in found if each not in ahead), key=_start, reverse=True)
    return render_template(
        "my/enrolments.html",
        ahead=[agenda_item(each) for each in ahead],
        earlier=[agenda_item(each) for each in earlier],
    )


def _all_own() -> list[Enrolment]:
    return courses.list_enrolments(ListEnrolments(person_id=own_id(), limit=ALL)).data


def _start(found: Enrolment) -> str:
    return found.session_starts_at.isoformat() if found.session_starts_at else ""


@pages.get("/my/enrolments.ics", may=Rule.OWN)
def calendar() -> Response:
    """One's own enrolments as iCalendar (K8)."""
    events = [_event(each) for each in _all_own() if each.state in IN_CALENDAR and each.session_starts_at]
    return calendar_file(_("My courses"), events, "talkoo.ics")


def _event(found: Enrolment) -> CalendarEvent:
    assert found.session_starts_at is not None
    base = settings().talkoo_base_url
    return CalendarEvent(
        id=f"enrolment-{found.id}@{urlsplit(base).hostname}",
        title=session_name(found),
        starts_at=found.session_starts_at,
        ends_at=found.session_ends_at or found.session_starts_at,
        changed_at=clock.now(),
        place=_place(found),
        url=f"{base}/my/enrolments/{found.id}",
        sure=found.state is EnrolmentState.CONFIRMED,
    )


def _place(found: Enrolment) -> str:
    return ", ".join(part for part in (found.session_place, found.session_city) if part)


@pages.get("/my/enrolments/<uuid:enrolment_id>", may=Rule.OWN)
def enrolment(enrolment_id: UUID) -> str:
    """One enrolment: where it stands, what to do, and what giving it back means."""
    found = _own_enrolment(enrolment_id)
    return render_template(
        "my/enrolment.html",
        enrolment=found,
        name=session_name(found),
        place=_place(found),
        chosen=session_items.chosen([found]).get(found.id),
        standing=standing.of_enrolment(found),
        gets_ticket=gets_ticket(found),
        can_cancel=found in coming([found]) and not _has_begun(found),
        consequence=_consequence(found),
    )


def gets_ticket(found: Enrolment) -> bool:
    """Whether a ticket is still to come: none is made for a session that is over."""
    return found.state is EnrolmentState.CONFIRMED and not found.ticket_key and found in coming([found])


def _own_enrolment(enrolment_id: UUID) -> Enrolment:
    return own(courses.get_enrolment(ById(id=enrolment_id)))


def _has_begun(found: Enrolment) -> bool:
    return found.session_starts_at is not None and found.session_starts_at <= clock.now()


def _consequence(found: Enrolment) -> str:
    """What giving it back will do, with the money."""
    price = money(found.price) if found.price and found.price.amount else ""
    if found.state is EnrolmentState.WAITING:
        text = _("You lose your place on the waiting list.")
    elif found.state is not EnrolmentState.CONFIRMED:
        text = _("The seat goes to the next in line. Nothing has been charged.")
    elif not price:
        text = _("The seat goes to the next in line, and the ticket is no longer valid.")
    elif found.payment is PaymentMethod.CARD:
        text = _("The seat goes to the next in line, and %(sum)s is paid back to your card.", sum=price)
    else:
        text = _("The seat goes to the next in line, and the invoice of %(sum)s is credited.", sum=price)
    return str(text)


@pages.get("/my/enrolments/<uuid:enrolment_id>/ticket.pdf", may=Rule.OWN)
def ticket(enrolment_id: UUID) -> Response:
    """The ticket, to show at the door."""
    _own_enrolment(enrolment_id)
    found = courses.get_ticket(ById(id=enrolment_id))
    return download(files.load(found.file_key), f"ticket-{found.code}.pdf", inline=True)


@pages.post("/my/enrolments/<uuid:enrolment_id>/pay", may=Rule.OWN)
def pay_enrolment(enrolment_id: UUID) -> ResponseReturnValue:
    """Go to the payment page with the price of the held seat."""
    found = _own_enrolment(enrolment_id)
    if found.state is not EnrolmentState.HELD or found.order_id is None:
        raise Conflict("There is nothing to pay for this enrolment.", code="nothing_to_pay")
    return pay_by_card(f"/my/enrolments/{found.id}", order_id=found.order_id)


@pages.post("/my/enrolments/<uuid:enrolment_id>/take", may=Rule.OWN)
def take(enrolment_id: UUID) -> ResponseReturnValue:
    """Take the seat that was offered."""
    _own_enrolment(enrolment_id)
    with form_command():
        courses.take_offer(ById(id=enrolment_id))
    flash(_("The seat is yours. Pay to make it sure."), "good")
    return redirect(f"/my/enrolments/{enrolment_id}")


@pages.post("/my/enrolments/<uuid:enrolment_id>/cancel", may=Rule.OWN)
def cancel(enrolment_id: UUID) -> ResponseReturnValue:
    """Give the seat or the place on the waiting list back, once it was confirmed."""
    found = _own_enrolment(enrolment_id)
    here = f"/my/enrolments/{found.id}"
    if not request.form.get("confirmed"):
        title, label = _("Cancel this enrolment?"), _("Cancel the enrolment")
        return render_template(
            "layout/confirm.html",
            title=title,
            text=_consequence(found),
            label=label,
            action=f"{here}/cancel",
            back=here,
        )
    with form_command():
        courses.cancel_enrolment(CancelEnrolment(id=found.id, reason="own page"))
    flash(_("The enrolment is cancelled."), "good")
    return redirect(here)
