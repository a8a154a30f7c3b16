"""Seats under concurrency (K2, fault 35): exactly as many as there are, everybody else waits in order."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from sqlalchemy import text

from chassis.database import database_of
from chassis.ids import new_id
from contracts.courses import Enrolment, EnrolmentState, EnrolmentWaitlisted, SeatHeld, SeatOffered
from contracts.errors import Conflict, Unavailable
from tests.integration.conftest import staff
from tests.integration.school import School, at_once, offer_link, opened_school

pytestmark = pytest.mark.integration
SEATS, PEOPLE, ROUNDS = 20, 61, 20
HELD, WAITING, CANCELLED = EnrolmentState.HELD, EnrolmentState.WAITING, EnrolmentState.CANCELLED


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def of_state(found: list[Any], state: EnrolmentState) -> list[Enrolment]:
    return [each for each in found if each.state is state]


def insist(school: School, session: Any, person_id: UUID) -> Enrolment:
    """Enrol as a client does: told that the database has no time, it asks again under the same key."""
    office, key = staff(), str(new_id())
    while True:
        try:
            return school.enrol(session, person_id, principal=office, key=key)
        except Unavailable:
            continue


def check_books(school: School, session: Any) -> None:
    """The session's counters tell what its enrolments are."""
    row = school.rows(
        """SELECT s.seats, s.seats_taken, s.waiting,
                  count(*) FILTER (WHERE e.state IN ('held', 'offered', 'confirmed')) AS seated,
                  count(*) FILTER (WHERE e.state = 'waiting') AS queued
             FROM sessions s LEFT JOIN enrolments e ON e.session_id = s.id WHERE s.id = :id GROUP BY s.id""",
        id=session.id,
    )[0]
    assert (row.seats_taken, row.waiting) == (row.seated, row.queued)
    assert row.seats_taken <= row.seats


def test_K2_sixty_one_people_want_twenty_seats_twenty_times(school):
    for _ in range(ROUNDS):
        session = school.new_session(SEATS)
        people = [school.neighbours.person() for _ in range(PEOPLE)]
        found = at_once(PEOPLE, lambda number, session=session, people=people: insist(school, session, people[number]))

        assert [each for each in found if isinstance(each, Exception)] == []
        assert len(of_state(found, HELD)) == SEATS
        waiting = sorted(of_state(found, WAITING), key=lambda each: each.waiting_number)
        assert [each.waiting_number for each in waiting] == list(range(1, PEOPLE - SEATS + 1))
        listed = school.listed(session_id=session.id, state=WAITING, limit=200).data
        assert [each.id for each in listed] == [each.id for each in waiting]
        now = school.session(session)
        assert (now.seats_free, now.waiting) == (0, PEOPLE - SEATS)
        check_books(school, session)
        told = [each for each in school.events(EnrolmentWaitlisted) if each["session_id"] == str(session.id)]
        assert [each["waiting_number"] for each in told] == list(range(1, PEOPLE - SEATS + 1))
        assert sum(each["session_id"] == str(session.id) for each in school.events(SeatHeld)) == SEATS


def test_K2_the_race_is_real_where_seats_are_counted_before_they_are_taken(school, database_urls):
    """Negative control: the same people, the usual way of doing it, on the same database."""
    url = database_urls["courses"].replace("postgresql+psycopg2", "postgresql")
    with database_of("courses").transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS naive_seats (id serial PRIMARY KEY)"))
        session.execute(text("TRUNCATE naive_seats"))
    start = threading.Barrier(PEOPLE)

    def count_then_insert(_number: int) -> None:
        connection = psycopg2.connect(url)
        start.wait()
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM naive_seats")
            start.wait()
            if cursor.fetchone()[0] < SEATS:
                cursor.execute("INSERT INTO naive_seats DEFAULT VALUES")
        connection.close()

    at_once(PEOPLE, count_then_insert)
    sold = school.rows("SELECT count(*) FROM naive_seats")[0][0]
    with database_of("courses").transaction() as session:
        session.execute(text("DROP TABLE naive_seats"))
    assert sold > SEATS


def test_K2_waiting_numbers_follow_the_order_of_the_commits(school):
    """Who has a number keeps the next one waiting until the commit: nobody commits before a smaller number."""
    session = school.new_session()
    school.enrol(session)
    first = threading.Event()
    with database_of("courses").transaction() as outsider:
        number = outsider.execute(
            text(
                "UPDATE sessions SET waiting_counter = waiting_counter + 1, waiting = waiting + 1 WHERE id = :id"
                " RETURNING waiting_counter"
            ),
            {"id": session.id},
        ).scalar_one()
        later: list[Enrolment] = []
        thread = threading.Thread(target=lambda: (later.append(school.enrol(session)), first.set()))
        thread.start()
        assert not first.wait(0.5)
        outsider.rollback()
    thread.join()
    assert number == 1
    assert [each.waiting_number for each in later] == [1]


def test_K2_the_same_person_at_once_and_again_is_enrolled_once(school):
    for seats in (5, 1):
        session, person = school.new_session(seats), school.neighbours.person()
        if seats == 1:
            school.enrol(session)
        found = at_once(8, lambda _, session=session, person=person: school.enrol(session, person))
        assert len([each for each in found if isinstance(each, Enrolment)]) == 1
        refused = [each for each in found if isinstance(each, Conflict)]
        assert {each.error_code for each in refused} == {"already_enrolled"}
        assert len(refused) == 7
        check_books(school, session)


def test_K2_who_was_cancelled_may_enrol_again_at_the_end_of_the_list(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session)
    school.cancel(mine)
    again = school.enrol(session, mine.person_id)
    assert (again.state, again.waiting_number) == (WAITING, 2)
    assert school.get(second).state is EnrolmentState.OFFERED


def test_K2_nobody_overtakes_the_waiting_list(school):
    """While a seat is kept for the first in the list, newcomers wait, whatever happens at the same moment."""
    session = school.new_session(3)
    held = [school.enrol(session) for _ in range(3)]
    waiting = [school.enrol(session) for _ in range(4)]

    def act(number: int) -> Any:
        return school.cancel(held[number]) if number < 3 else school.enrol(session)

    found = at_once(12, act)
    assert [each for each in found if isinstance(each, Exception)] == []
    assert {each.state for each in found[3:]} == {WAITING}
    offered = [each["enrolment_id"] for each in school.events(SeatOffered)]
    assert offered == [str(each.id) for each in waiting[:3]]
    check_books(school, session)


def test_K2_everything_at_once_leaves_true_books(school):
    """Cancellations, expiries, offers taken, payments and newcomers on one session, at the same time."""
    session = school.new_session(10)
    live = [school.enrol(session) for _ in range(30)]

    def act(number: int) -> Any:
        enrolment = live[number % 30]
        acts: list[Callable[[], Any]] = [
            lambda: school.cancel(enrolment),
            lambda: school.paid(enrolment),
            lambda: school.expire(enrolment),
            lambda: school.take(enrolment, offer_link(enrolment)),
            lambda: school.enrol(session),
        ]
        return acts[number % 5]()

    found = at_once(60, act, threads=12)
    codes = [each.error_code for each in found if isinstance(each, Exception)]
    assert {*codes} <= {"conflict", "already_ended", "no_offer", "unavailable"}
    assert codes.count("unavailable") < 12, "a slow machine may let some wait too long for the session"
    check_books(school, session)
    school.sweep()
    check_books(school, session)
    now = school.session(session)
    assert now.waiting == 0 or now.seats_free == 0
