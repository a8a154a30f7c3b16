"""Tickets, made once, and the door (K7)."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from sqlalchemy import text

from chassis import files
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import ANONYMOUS, LinkPurpose, Permission
from contracts.courses import EnrolmentState, TicketReady
from contracts.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from services.courses import tickets as documents
from services.courses import worker as tasks
from tests.integration.conftest import member, staff
from tests.integration.school import School, at_once, offer_link, opened_school

pytestmark = pytest.mark.integration
REGROUPING = Path(documents.__file__).parent / "migrations" / "versions" / "0002_group_ticket_codes.py"


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def test_K7_a_confirmed_seat_gets_its_ticket_once(school):
    enrolment = school.confirmed(school.new_session())
    with pytest.raises(NotFound) as early:
        school.ticket(enrolment)
    assert early.value.error_code == "no_ticket"
    at_once(3, lambda _: tasks.render_tickets(school.worker))
    school.make_tickets()
    [told] = school.events(TicketReady)
    assert told["enrolment_id"] == str(enrolment.id)
    ticket = school.ticket(enrolment, member(enrolment.person_id))
    assert re.fullmatch(r"([2-9A-HJKMNP-TV-Z]{4}-){3}[2-9A-HJKMNP-TV-Z]{4}", ticket.code)
    with pymupdf.open(stream=files.load(ticket.file_key), filetype="pdf") as pdf:
        printed = pdf[0].get_text()
    for part in ("Aino Aalto", "Johtaminen", "Järjestötalo", "Talkoo ry", ticket.code):
        assert part in printed


def test_K7_more_tickets_than_one_batch_are_all_made(school):
    session = school.new_session(25, product_id=school.free_id)
    for _ in range(25):
        school.enrol(session)
    school.make_tickets()
    assert len({each["enrolment_id"] for each in school.events(TicketReady)}) == 25
    assert len(school.events(TicketReady)) == 25


def test_K7_a_worker_that_dies_leaves_the_ticket_to_the_next(school, monkeypatch):
    enrolment = school.confirmed(school.new_session())
    with monkeypatch.context() as broken:
        broken.setattr(documents, "store_ticket", lambda *_: 1 / 0)
        tasks.render_tickets(school.worker)
    school.make_tickets()
    assert school.events(TicketReady) == []  # claimed for a minute
    school.alter("UPDATE enrolments SET ticket_claimed_until = now() WHERE id = ANY(:ids)", enrolment)
    school.make_tickets()
    assert len(school.events(TicketReady)) == 1


def test_K7_a_product_that_nobody_can_name_delays_its_own_ticket_alone(school):
    kept, nameless = (school.confirmed(school.new_session()) for _ in range(2))
    item = {"id": new_id(), "session": nameless.session_id, "nothing": new_id(), "enrolment": nameless.id}
    with database_of("courses").transaction() as session:
        session.execute(text("INSERT INTO session_items (id, session_id, position, product_id, required)"
                             " VALUES (:id, :session, 1, :nothing, false)"), item)  # fmt: skip
        session.execute(text("INSERT INTO enrolment_items (enrolment_id, item_id) VALUES (:enrolment, :id)"), item)
    school.make_tickets()
    assert [each["enrolment_id"] for each in school.events(TicketReady)] == [str(kept.id)]


def test_K7_no_ticket_of_what_was_cancelled_meanwhile(school):
    enrolment = school.confirmed(school.new_session())
    school.make_tickets()
    school.cancel(enrolment)
    with pytest.raises(NotFound):
        school.ticket(enrolment)


def test_K7_a_ticket_is_its_owners(school):
    enrolment = school.confirmed(school.new_session())
    school.make_tickets()
    link = offer_link(enrolment).model_copy(update={"link_purpose": LinkPurpose.SHOW_TICKET})
    assert school.ticket(enrolment, link) == school.ticket(enrolment)
    for principal, error in ((ANONYMOUS, NotSignedIn), (offer_link(enrolment), NotAllowed)):
        with pytest.raises(error):
            school.ticket(enrolment, principal)


@pytest.fixture
def ticket(school):
    """A session, its enrolment and the code of its ticket."""
    session = school.new_session()
    enrolment = school.confirmed(session)
    school.make_tickets()
    return session, enrolment, school.ticket(enrolment).code


def test_K7_a_ticket_opens_the_door_once(school, ticket):
    session, enrolment, code = ticket
    shown = school.check_in(f" {code.lower().replace('-', ' ')} ", session.id)
    assert (shown.id, shown.checked_in_at is not None) == (enrolment.id, True)
    with pytest.raises(Conflict) as twice:
        school.check_in(code)
    assert twice.value.error_code == "already_checked_in"
    assert twice.value.params["checked_in_at"] == shown.checked_in_at.isoformat()


def test_K7_a_ticket_shown_at_many_doors_at_once_opens_one(school, ticket):
    found = at_once(8, lambda _: school.check_in(ticket[2]))
    assert [getattr(each, "error_code", "open") for each in found].count("open") == 1
    assert {getattr(each, "error_code", "open") for each in found} == {"open", "already_checked_in"}


@pytest.mark.parametrize("code", ["AAAAA-AAAAA-AAAAA-AAAAA", "", "-----", "x" * 80, "ä%_'"])
def test_K7_a_wrong_code_opens_nothing(school, ticket, code):
    with pytest.raises(NotFound) as wrong:
        school.check_in(code)
    assert wrong.value.error_code == "no_such_ticket"


def test_K7_a_ticket_of_another_session_opens_nothing_and_says_which(school, ticket):
    session, enrolment, code = ticket
    other = school.new_session()
    with pytest.raises(Conflict) as wrong:
        school.check_in(code, other.id)
    assert wrong.value.error_code == "other_session"
    assert wrong.value.params["session_id"] == str(session.id)
    assert school.get(enrolment).checked_in_at is None


def test_K7_a_cancelled_ticket_opens_nothing(school, ticket):
    _, enrolment, code = ticket
    school.cancel(enrolment)
    with pytest.raises(Conflict) as cancelled:
        school.check_in(code)
    assert (cancelled.value.error_code, cancelled.value.params["state"]) == ("not_confirmed", "cancelled")


def test_K7_only_the_office_checks_in(school, ticket):
    for principal in (member(ticket[1].person_id), staff(Permission.COURSES_READ)):
        with pytest.raises(NotAllowed):
            school.check_in(ticket[2], principal=principal)
    assert school.get(ticket[1]).state is EnrolmentState.CONFIRMED


def test_K7_a_ticket_printed_in_groups_of_five_still_opens_the_door(school, ticket):
    """The migration to groups of four regroups the codes of tickets that are out already."""
    _, enrolment, _ = ticket
    printed = "7KQ2M-ABCDE-FGHJK-MNPQR"
    school.alter(f"UPDATE enrolments SET ticket_code = '{printed}' WHERE id = ANY(:ids)", enrolment)
    school.alter(f"{runpy.run_path(str(REGROUPING))['REGROUP'] % 4} AND id = ANY(:ids)", enrolment)
    assert school.ticket(enrolment).code == "7KQ2-MABC-DEFG-HJKM-NPQR"
    assert school.check_in(printed).id == enrolment.id
