"""Changing a session that people are enrolled on (K5, K6): who hears of it, whose seat it is, what tickets say."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pymupdf
import pytest

from chassis import files
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.courses import EnrolmentState, Session, SessionMoved, UpdateSession
from contracts.errors import Invalid, NotAllowed, NotFound, ServiceError, Stale
from services.courses import tickets as documents
from services.courses.commands import sessions, tickets
from tests.integration.conftest import member, staff
from tests.integration.school import BY_INVOICE, School, at_once, opened_school

pytestmark = pytest.mark.integration
HELD, WAITING, OFFERED = EnrolmentState.HELD, EnrolmentState.WAITING, EnrolmentState.OFFERED


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def change(school: School, session: Session, **changes) -> Session:
    version = changes.pop("version", school.session(session).version)
    principal = changes.pop("principal", staff())
    request = UpdateSession(id=session.id, version=version, **changes)
    return school.call("update_session", request, principal=principal)


def refused(school: School, session: Session, **changes) -> tuple[str, str]:
    """Pointer and code of what is wrong."""
    with pytest.raises(Invalid) as caught:
        change(school, session, **changes)
    [error] = caught.value.errors
    return error.pointer, error.code


def told(school: School) -> list[str]:
    return [each["enrolment_id"] for event in school.events(SessionMoved) for each in event["to_tell"]]


def test_K6_what_is_given_changes_and_nothing_else(school):
    session = school.new_session(5)
    numbers = {"seats": 7, "hold_minutes": 15, "offer_hours": 12}
    moved = change(school, session, place="Sali 3", published=False, clear=["city"], **numbers)
    assert moved == school.session(session)
    assert (moved.place, moved.city, moved.seats, moved.seats_free) == ("Sali 3", "", 7, 7)
    assert (moved.hold_minutes, moved.offer_hours, moved.published) == (15, 12, False)
    assert (moved.starts_at, moved.ends_at) == (session.starts_at, session.ends_at)
    assert moved.product_id == session.product_id
    assert moved.version == session.version + 1
    assert change(school, session, place="Sali 3").version == moved.version


def test_K6_two_changes_at_once_lose_nothing(school):
    session = school.new_session()
    results = at_once(6, lambda number: change(school, session, place=f"Sali {number}", version=session.version))
    assert [type(each) for each in results if isinstance(each, ServiceError)] == [Stale] * 5
    assert school.session(session).version == session.version + 1


def test_K6_only_the_office_changes_a_session_that_exists(school):
    session = school.new_session()
    for principal in (member(new_id()), staff(Permission.COURSES_READ)):
        with pytest.raises(NotAllowed):
            change(school, session, place="Muualla", principal=principal)
    with pytest.raises(NotFound):
        school.call("update_session", UpdateSession(id=new_id(), version=1, place="Muualla"))


def test_K6_what_cannot_be_is_refused_and_changes_nothing(school):
    session = school.new_session()
    day = timedelta(days=1)
    assert refused(school, session, ends_at=session.starts_at) == ("/ends_at", "before_start")
    assert refused(school, session, starts_at=session.ends_at + day) == ("/ends_at", "before_start")
    assert refused(school, session, starts_at=datetime.now(UTC) - day) == ("/starts_at", "in_the_past")
    assert refused(school, session, product_id=new_id()) == ("/product_id", "no_such_product")
    assert refused(school, session, clear=["place"]) == ("/place", "not_clearable")
    assert school.session(session) == session


def test_K6_never_fewer_seats_than_are_taken(school):
    session = school.new_session(3)
    for _ in range(2):
        school.enrol(session)
    assert refused(school, session, seats=1) == ("/seats", "seats_taken")
    lowered = change(school, session, seats=2)
    assert (lowered.seats, lowered.seats_free) == (2, 0)
    assert school.enrol(session).state is WAITING


def test_K2_K6_added_seats_are_offered_to_those_who_wait_in_their_order(school):
    session = school.new_session(1)
    school.enrol(session)
    first, second, third = (school.enrol(session) for _ in range(3))
    grown = change(school, session, seats=3)
    assert (grown.seats_free, grown.waiting) == (0, 1)
    assert [school.get(each).state for each in (first, second, third)] == [OFFERED, OFFERED, WAITING]
    grown = change(school, session, seats=10)
    assert (grown.seats_free, grown.waiting) == (6, 0)
    assert school.get(third).state is OFFERED
    assert school.enrol(session).state is HELD


def test_K6_seats_of_a_session_that_has_begun_are_offered_to_nobody(school):
    session = school.new_session(1)
    school.enrol(session)
    waiting = school.enrol(session)
    school.begin(session)
    assert change(school, session, seats=5).seats == 5
    assert school.get(waiting).state is WAITING


def test_K2_K6_seats_lowered_and_raised_while_people_enrol_are_never_oversold(school):
    for _ in range(4):
        session = school.new_session(8)

        def act(number: int, session: Session = session):
            if number % 5:
                return school.enrol(session)
            return change(school, session, seats=(4, 12)[number % 2])

        at_once(20, act)
        found = school.listed(session_id=session.id, limit=200).data
        now = school.session(session)
        seated = [each for each in found if each.state in {HELD, OFFERED}]
        waiting = [each for each in found if each.state is WAITING]
        assert len(found) == 16
        assert (now.seats - now.seats_free, now.waiting) == (len(seated), len(waiting))
        assert len(seated) <= now.seats
        assert not (waiting and now.seats_free)


def test_K6_a_price_holds_for_seats_taken_from_now_on(school):
    session = school.new_session(2)
    before = school.enrol(session)
    change(school, session, product_id=school.neighbours.product("40.00"))
    after = school.enrol(session)
    assert [str(school.get(each).price.amount) for each in (before, after)] == ["90.00", "40.00"]


def test_K6_who_is_enrolled_hears_of_another_time_or_place_and_nobody_else(school, monkeypatch):
    monkeypatch.setattr(sessions, "AN_EVENT", 2)
    session = school.new_session(2)
    confirmed, held = school.confirmed(session), school.enrol(session, payment=BY_INVOICE)
    waiting, gone = school.enrol(session), school.enrol(session)
    school.cancel(gone)
    change(school, session, seats=2, hold_minutes=5, published=False)
    assert school.events(SessionMoved) == []
    change(school, session, place="Sali 3")
    assert sorted(told(school)) == sorted(str(each.id) for each in (confirmed, held, waiting))
    first, second = school.events(SessionMoved)
    assert (first["before"]["place"], first["after"]["place"], first["version"]) == ("Järjestötalo", "Sali 3", 3)
    assert {each["enrolment_id"]: each["with_ticket"] for each in first["to_tell"] + second["to_tell"]} == {
        str(confirmed.id): True, str(held.id): False, str(waiting.id): False,
    }  # fmt: skip


def test_K6_nobody_hears_of_a_session_that_is_over(school):
    session = school.new_session(2)
    school.enrol(session)
    over = "starts_at = now() - interval '2 h', ends_at = now() - interval '1 h'"
    school.alter(f"UPDATE sessions SET {over} WHERE id = ANY(:ids)", session)
    change(school, session, place="Sali 3")
    assert school.events(SessionMoved) == []


def test_K2_K6_no_offer_outlives_an_earlier_start(school):
    session = school.new_session(1, days=40)
    held = school.enrol(session)
    offered = school.enrol(session)
    school.cancel(held)
    starts_at = datetime.now(UTC) + timedelta(hours=3)
    change(school, session, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    assert school.get(offered).expires_at == starts_at


def printed(school: School, enrolment) -> str:
    with pymupdf.open(stream=files.load(school.ticket(enrolment).file_key), filetype="pdf") as pdf:
        return pdf[0].get_text()


def test_K6_K7_tickets_say_the_new_place_also_one_that_was_being_made(school):
    session = school.new_session(2)
    ready, late = school.confirmed(session), None
    school.make_tickets()
    late = school.confirmed(session)
    with database_of("courses").transaction() as claiming:
        [claimed] = tickets.claim(claiming, datetime.now(UTC))
    assert claimed.id == late.id
    change(school, session, place="Sali 3")
    with pytest.raises(NotFound):
        school.ticket(ready)
    key = documents.store_ticket(claimed, documents.holders([claimed])[claimed.person_id], "Talkoo ry", (), {})
    with database_of("courses").transaction() as storing:
        tickets.store(storing, claimed, key)
    school.make_tickets()
    for each in (ready, late):
        assert "Sali 3" in printed(school, each)
        assert "Järjestötalo" not in printed(school, each)
