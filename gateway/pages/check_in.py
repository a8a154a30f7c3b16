"""At the door: a ticket's code is typed or scanned on a phone, the answer is big, and who has arrived is listed."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.courses import CheckIn, CoursesApi, Enrolment, EnrolmentState, ListSessions, Session
from contracts.errors import Conflict, Invalid, NotFound, ServiceError
from gateway.form_state import FormState
from gateway.i18n import clock_time, date_time
from gateway.pages.door import Pages
from gateway.pages.participants import enrolments_of, names
from gateway.submitted import form_command, needed, read, typed, without_empty
from gateway.wording import sentence

courses = client(CoursesApi)
pages = Pages("office_check_in", __name__)
EARLY: Final = timedelta(hours=18)
LATE: Final = timedelta(hours=18)
Answer = tuple[str, str, str]
"""Title, text and kind of what the door says."""


@pages.form("/office/check-in", may=Permission.COURSES_WRITE)
def check_in() -> ResponseReturnValue:
    """Take a ticket's code; a repeat, another session's ticket and an unknown code are told apart."""
    if request.method == "GET":
        return _page(_welcome())
    values = typed("ticket_code", "session_id")
    try:
        needed(values, "ticket_code")
        with form_command():
            arrived = courses.check_in(read(CheckIn, without_empty(values)))
    except (NotFound, Conflict, Invalid) as error:
        return _page((_("Not let in"), _why(error), "bad")), 422
    return redirect(f"/office/check-in?session_id={arrived.session_id}&arrived={arrived.id}")


def _welcome() -> Answer | None:
    given = request.args.get("arrived", "")
    if not given:
        return None
    found = courses.get_enrolment(read(ById, {"id": given}))
    persons = names([found])
    name = persons[found.person_id].name if found.person_id in persons else _("Arrived")
    return name, _("Arrived at %(time)s. Welcome!", time=clock_time(found.checked_in_at)), "good"


def _why(error: ServiceError) -> str:
    if error.error_code == "already_checked_in":
        at = date_time(datetime.fromisoformat(error.params["checked_in_at"]))
        return str(_("This ticket was used already, on %(moment)s.", moment=at))
    if error.error_code == "other_session":
        at = date_time(datetime.fromisoformat(error.params["starts_at"]))
        place = error.params["place"]
        return str(_("This ticket is for another session: %(moment)s, %(place)s.", moment=at, place=place))
    if error.errors:
        return str(_("Type the code of the ticket."))
    return sentence(error)


def _page(answer: Answer | None) -> str:
    session_id = _session_id()
    sessions, enrolments = side_by_side(partial(_sessions_now, session_id), partial(_expected, session_id))
    assert isinstance(enrolments, list)
    arrived = [each for each in enrolments if each.checked_in_at]
    return render_template(
        "courses_office/check_in.html",
        f=FormState(),
        answer=answer,
        sessions=sessions,
        session_id=session_id,
        expected=len(enrolments),
        arrived=sorted(arrived, key=lambda each: each.checked_in_at, reverse=True),
        persons=names(arrived),
    )


def _session_id() -> UUID | None:
    given = request.values.get("session_id", "")
    return read(ById, {"id": given}).id if given else None


def _sessions_now(chosen: UUID | None) -> list[Session]:
    """Sessions of these hours, and the one chosen."""
    now = clock.now()
    around = ListSessions(all=True, starts_after=now - LATE, starts_before=now + EARLY, limit=20)
    found = list(courses.list_sessions(around).data)
    if chosen and chosen not in {each.id for each in found}:
        found.append(courses.get_session(ById(id=chosen)))
    return found


def _expected(session_id: UUID | None) -> list[Enrolment]:
    """Those with a confirmed seat."""
    if session_id is None:
        return []
    return [each for each in enrolments_of(session_id) if each.state is EnrolmentState.CONFIRMED]
