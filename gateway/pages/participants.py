"""The people of a session: participants, waiting list, enrolling and cancelling, lists on paper and as a file."""

from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis import files
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.persons import ListPersons, PersonSummary
from contracts.courses import CancelEnrolment, CoursesApi, Enrol, Enrolment, EnrolmentState, ListEnrolments, Session
from contracts.errors import Conflict, Invalid
from gateway import session_items
from gateway.api.downloads import download
from gateway.asked import asked, list_state
from gateway.course_rows import item_prices
from gateway.form_state import FormState
from gateway.i18n import clock_time, local_date
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import may, persons_by_id
from gateway.pages.spreadsheet_cells import as_csv
from gateway.pages.state_words import ENROLMENT
from gateway.submitted import form_command, needed, read, state, typed, without_empty

courses = client(CoursesApi)
contacts = client(ContactsApi)
pages = Pages("office_participants", __name__)
SEATED: Final = (EnrolmentState.CONFIRMED, EnrolmentState.HELD, EnrolmentState.OFFERED)
AT_ONCE: Final = 200
MOST_NAMES: Final = 1_000
COLUMNS: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("state", lazy_gettext("State")),
    Column("price", lazy_gettext("Price"), "number"),
    Column("created_at", lazy_gettext("Enrolled"), "date"),
    Column("checked_in_at", lazy_gettext("Arrived"), "date"),
    Column("actions", lazy_gettext("Actions")),
)
WAITING: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("place", lazy_gettext("Place in line"), "number"),
    Column("created_at", lazy_gettext("Enrolled"), "date"),
    Column("actions", lazy_gettext("Actions")),
)
ENDED: Final = (
    Column("name", lazy_gettext("Name"), "main"),
    Column("state", lazy_gettext("State")),
    Column("created_at", lazy_gettext("Enrolled"), "date"),
)
PAYMENTS: Final = (
    ("invoice", _p("payment", "By invoice"), ""),
    ("card", _p("payment", "By card"), ""),
)


@pages.get("/office/sessions/<uuid:session_id>", may=Permission.COURSES_READ)
def show_session(session_id: UUID) -> str:
    """The session, who has a seat, who waits in which order, whose enrolment has ended."""
    session, found = session_and_enrolments(session_id)
    return render_template(
        "courses_office/session.html",
        session=session,
        state=list_state(),
        seated=[each for each in found if each.state in SEATED],
        waiting=in_line(found),
        ended=[each for each in found if each.state in {EnrolmentState.CANCELLED, EnrolmentState.EXPIRED}],
        persons=names(found),
        chosen=session_items.chosen(found),
        columns=(COLUMNS, WAITING, ENDED),
        states=ENROLMENT,
        can_write=may(Permission.COURSES_WRITE),
    )


def session_and_enrolments(session_id: UUID) -> tuple[Session, list[Enrolment]]:
    """The session and all its enrolments, by creation."""
    session, found = side_by_side(partial(courses.get_session, ById(id=session_id)), partial(enrolments_of, session_id))
    assert isinstance(session, Session)
    assert isinstance(found, list)
    return session, found


def enrolments_of(session_id: UUID) -> list[Enrolment]:
    """All enrolments of a session, by creation."""
    found: list[Enrolment] = []
    cursor = None
    while True:
        page = courses.list_enrolments(ListEnrolments(session_id=session_id, limit=AT_ONCE, cursor=cursor))
        found.extend(page.data)
        cursor = page.next_cursor
        if cursor is None:
            return found


def in_line(found: list[Enrolment]) -> list[Enrolment]:
    """Those who wait, first come first."""
    waiting = [each for each in found if each.state is EnrolmentState.WAITING]
    return sorted(waiting, key=lambda each: each.waiting_number or 0)


def names(found: list[Enrolment]) -> dict[UUID, PersonSummary]:
    """The persons of these enrolments, a thousand at a time."""
    ids = [each.person_id for each in found]
    parts = [ids[start : start + MOST_NAMES] for start in range(0, len(ids), MOST_NAMES)]
    return dict(chain.from_iterable(persons_by_id(part).items() for part in parts))


@pages.get("/office/sessions/<uuid:session_id>/list", may=Permission.COURSES_READ)
def print_list(session_id: UUID) -> str:
    """The participants on paper, by family name, with room for a signature."""
    session, found = session_and_enrolments(session_id)
    confirmed = [each for each in found if each.state is EnrolmentState.CONFIRMED]
    persons = names(confirmed)
    confirmed.sort(key=lambda each: _family_name_first(persons, each))
    chosen = session_items.chosen(confirmed)
    return render_template(
        "courses_office/print_list.html", session=session, confirmed=confirmed, persons=persons, chosen=chosen
    )


def _family_name_first(persons: dict[UUID, PersonSummary], enrolment: Enrolment) -> str:
    name = persons[enrolment.person_id].name if enrolment.person_id in persons else ""
    given, _space, family = name.rpartition(" ")
    return f"{family} {given}".casefold()


@pages.get("/office/sessions/<uuid:session_id>/participants.csv", may=Permission.COURSES_READ)
def export_csv(session_id: UUID) -> Response:
    """Everybody of the session as a file for spreadsheets; no cell is taken for a formula."""
    session, found = session_and_enrolments(session_id)
    persons = names(found)
    chosen = session_items.chosen(found)
    headings = (_("Name"), _("E-mail"), _("Phone"), _("State"), _("Place in line"), _("Enrolled"), _("Arrived"))
    rows = [(*_row(each, persons.get(each.person_id)), chosen.get(each.id, "")) for each in found]
    content = as_csv((*headings, _("Chosen")), rows)
    return download(content, f"{session.course.code}-{session.starts_at:%Y-%m-%d}.csv", "text/csv; charset=utf-8")


def _row(each: Enrolment, person: PersonSummary | None) -> tuple[object, ...]:
    who = (person.name, person.email, person.phone) if person else ("", "", "")
    is_waiting = each.state is EnrolmentState.WAITING
    times = (_for_cell(each.created_at), _for_cell(each.checked_in_at))
    return (*who, ENROLMENT[each.state][0], each.waiting_number if is_waiting else "", *times)


def _for_cell(moment: datetime | None) -> str:
    """A time as a spreadsheet takes it for one."""
    return f"{local_date(moment)} {clock_time(moment)}".strip()


@pages.form("/office/sessions/<uuid:session_id>/enrol", may=Permission.COURSES_WRITE)
def enrol_somebody(session_id: UUID) -> ResponseReturnValue:
    """Find a person of the register and give them a seat or a place in the waiting list."""
    if request.method == "GET":
        return _enrol_page(session_id, FormState({"payment": "invoice"}))
    values: dict[str, Any] = {**typed("person_id", "payment"), "chosen": request.form.getlist("chosen")}
    try:
        needed(values, "person_id")
        given = {**values, "items": values["chosen"], "chosen": None, "session_id": session_id}
        wanted = read(Enrol, without_empty(given))
        with form_command():
            made = courses.enrol(wanted)
    except (Invalid, Conflict) as error:
        return _enrol_page(session_id, state(values, error, {"items": "chosen"})), 422
    text = _("The person is in the waiting list.") if made.waiting_number else _("The person has a seat.")
    flash(text, "good")
    return redirect(f"/office/sessions/{session_id}")


def _enrol_page(session_id: UUID, f: FormState) -> str:
    q = request.values.get("q", "").strip()
    session = courses.get_session(ById(id=session_id))
    found = contacts.list_persons(asked(ListPersons, limit=20, q=q)).data if q else None
    items = session_items.choices(session, item_prices(session.items)) if found else []
    return render_template(
        "courses_office/enrol.html", session=session, f=f, q=q, found=found, payments=PAYMENTS, items=items
    )


@pages.form("/office/enrolments/<uuid:enrolment_id>/cancel", may=Permission.COURSES_WRITE)
def cancel_enrolment(enrolment_id: UUID) -> ResponseReturnValue:
    """Give somebody's seat or place in line back, with the reason."""
    enrolment = courses.get_enrolment(ById(id=enrolment_id))
    if request.method == "GET":
        return _cancel_page(enrolment, FormState())
    values = typed("reason")
    try:
        wanted = read(CancelEnrolment, {"id": enrolment_id, "reason": values["reason"]})
        with form_command():
            courses.cancel_enrolment(wanted)
    except (Invalid, Conflict) as error:
        return _cancel_page(enrolment, state(values, error)), 422
    flash(_("The enrolment is cancelled."), "good")
    return redirect(f"/office/sessions/{enrolment.session_id}")


def _cancel_page(enrolment: Enrolment, f: FormState) -> str:
    persons = persons_by_id([enrolment.person_id])
    return render_template("courses_office/cancel.html", enrolment=enrolment, persons=persons, f=f)


@pages.get("/office/enrolments/<uuid:enrolment_id>/ticket.pdf", may=Permission.COURSES_READ)
def show_ticket(enrolment_id: UUID) -> Response:
    """The ticket of a confirmed enrolment."""
    ticket = courses.get_ticket(ById(id=enrolment_id))
    return download(files.load(ticket.file_key), f"ticket-{ticket.code}.pdf", inline=True)
