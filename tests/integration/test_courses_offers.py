"""Holds that expire, seats offered to the waiting list, payments that come late or twice (K2; faults 36, 38)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import new_id
from contracts.commerce.payments import PaymentCaptured
from contracts.courses import (
    EnrolmentCancelled,
    EnrolmentConfirmed,
    EnrolmentState,
    HoldExpired,
    SeatHeld,
    SeatOffered,
)
from contracts.errors import Conflict, NotFound, Unavailable
from services.courses import worker as tasks
from tests.integration.conftest import member
from tests.integration.school import BY_INVOICE, School, at_once, offer_link, opened_school

pytestmark = pytest.mark.integration


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def states(school, *enrolments):
    return [school.get(each).state.value for each in enrolments]


def test_K2_an_expired_hold_goes_to_the_next_as_an_offer(school):
    session = school.new_session()
    mine, second, third = (school.enrol(session) for _ in range(3))
    school.expire(mine)
    assert states(school, mine, second, third) == ["expired", "offered", "waiting"]
    [expired], [offered] = school.events(HoldExpired), school.events(SeatOffered)
    assert (expired["enrolment_id"], expired["order_id"]) == (str(mine.id), str(mine.order_id))
    assert offered["enrolment_id"] == str(second.id)
    until = datetime.fromisoformat(offered["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=47.9) < until <= timedelta(hours=48)
    now = school.session(session)
    assert (now.seats_free, now.waiting) == (0, 1)


def test_K2_an_offer_that_nobody_takes_goes_to_the_next_until_the_seat_is_free(school):
    session = school.new_session()
    mine, second, third = (school.enrol(session) for _ in range(3))
    school.cancel(mine)
    school.expire(second)
    assert states(school, second, third) == ["expired", "offered"]
    school.expire(third)
    now = school.session(session)
    assert (now.seats_free, now.waiting) == (1, 0)
    assert [each["order_id"] for each in school.events(HoldExpired)] == [None, None]
    assert school.enrol(session).state is EnrolmentState.HELD


def test_K2_two_workers_expire_a_hold_once(school):
    session = school.new_session(5)
    held = [school.enrol(session) for _ in range(5)]
    school.alter("UPDATE enrolments SET expires_at = now() - interval '1 s' WHERE id = ANY(:ids)", *held)
    at_once(4, lambda _: tasks.expire_holds(school.worker))
    assert len(school.events(HoldExpired)) == 5
    assert school.session(session).seats_free == 5


def test_K2_an_offer_does_not_stand_longer_than_until_the_start(school):
    session = school.new_session(days=0.5)
    mine, second = school.enrol(session), school.enrol(session)
    school.cancel(mine)
    assert school.get(second).expires_at == session.starts_at


def test_K2_nothing_is_offered_once_the_session_has_begun(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session)
    school.begin(session)
    school.cancel(mine)
    assert states(school, second) == ["waiting"]
    assert school.events(SeatOffered) == []


def test_K2_the_link_takes_the_offer_once(school):
    session = school.new_session()
    mine, second, third = (school.enrol(session) for _ in range(3))
    school.cancel(mine)
    link = offer_link(second)
    taken = school.take(second, link)
    assert (taken.state, taken.waiting_number) == (EnrolmentState.HELD, 1)
    assert str(taken.price.amount) == "90.00"
    assert taken.expires_at - datetime.now(UTC) < timedelta(minutes=session.hold_minutes)
    assert school.get(second, link) == taken
    held = school.events(SeatHeld)[-1]
    assert (held["enrolment_id"], held["order_id"]) == (str(second.id), str(taken.order_id))
    with pytest.raises(Conflict) as twice:
        school.take(second, link)
    assert twice.value.error_code == "no_offer"
    with pytest.raises(NotFound):
        school.take(third, link)
    assert school.session(session).waiting == 1


def test_K2_the_offer_can_be_taken_by_its_owner_signed_in_and_not_while_waiting(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session, payment=BY_INVOICE)
    owner = member(second.person_id)
    with pytest.raises(Conflict):
        school.take(second, owner)
    school.cancel(mine)
    assert school.take(second, owner).expires_at is None


def test_K2_many_clicks_on_the_link_hold_one_seat(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session)
    school.cancel(mine)
    found = at_once(8, lambda _: school.take(second, offer_link(second)))
    assert [getattr(each, "error_code", "taken") for each in found].count("taken") == 1
    assert [each["enrolment_id"] for each in school.events(SeatHeld)].count(str(second.id)) == 1


def test_K2_an_offer_is_over_the_moment_its_time_is_also_before_the_worker_sees_it(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session)
    school.cancel(mine)
    school.alter("UPDATE enrolments SET expires_at = now() WHERE id = ANY(:ids)", second)
    with pytest.raises(Conflict) as late:
        school.take(second, offer_link(second))
    assert late.value.error_code == "no_offer"


def test_K2_an_offer_survives_while_commerce_is_away(school):
    session = school.new_session()
    mine, second = school.enrol(session), school.enrol(session)
    school.cancel(mine)
    school.neighbours.away.add("commerce")
    with pytest.raises(Unavailable):
        school.take(second, offer_link(second))
    school.neighbours.away.clear()
    assert school.take(second, offer_link(second)).state is EnrolmentState.HELD


def test_K2_an_offer_given_back_goes_to_the_next(school):
    session = school.new_session()
    mine, second, third = (school.enrol(session) for _ in range(3))
    school.cancel(mine)
    school.cancel(second, member(second.person_id))
    assert states(school, second, third) == ["cancelled", "offered"]


def test_K2_a_payment_told_many_times_confirms_once(school):
    enrolment = school.enrol(school.new_session())
    event_id = new_id()
    at_once(6, lambda _: school.paid(enrolment, event_id))
    at_once(6, lambda _: school.paid(enrolment))
    school.billed(enrolment)
    assert states(school, enrolment) == ["confirmed"]
    assert len(school.events(EnrolmentConfirmed)) == 1


def test_K2_a_payment_of_something_else_is_not_ours(school):
    enrolment = school.enrol(school.new_session())
    event = PaymentCaptured(
        payment_id=new_id(), order_id=new_id(), customer_id=None, about_kind="membership", about_id=enrolment.id
    )
    school.handle_event("courses", event)
    assert states(school, enrolment) == ["held"]


def test_K2_a_payment_of_an_unknown_or_waiting_enrolment_waits_for_what_it_needs(school):
    session = school.new_session()
    school.enrol(session)
    waiting = school.enrol(session)
    for unknown in (waiting, waiting.model_copy(update={"id": new_id()})):
        with pytest.raises(Conflict):
            school.paid(unknown)
    assert states(school, waiting) == ["waiting"]


def test_K2_a_payment_after_expiry_gets_a_seat_again_if_one_is_free(school):
    session = school.new_session()
    mine = school.enrol(session)
    school.expire(mine)
    school.paid(mine)
    school.paid(mine)
    assert states(school, mine) == ["confirmed"]
    assert (len(school.events(EnrolmentConfirmed)), school.events(EnrolmentCancelled)) == (1, [])
    assert school.session(session).seats_free == 0


@pytest.mark.parametrize("taken_by", ["newcomer", "waiting list", "the payer anew"])
def test_K2_a_payment_after_expiry_goes_back_if_no_seat_is_free(school, taken_by):
    session = school.new_session(2 if taken_by == "the payer anew" else 1)
    mine = school.enrol(session)
    if taken_by == "waiting list":
        school.enrol(session)
    school.expire(mine)
    if taken_by == "newcomer":
        school.enrol(session)
    if taken_by == "the payer anew":
        school.enrol(session, mine.person_id)
    at_once(3, lambda _: school.paid(mine))
    assert states(school, mine) == ["cancelled"]
    [told] = school.events(EnrolmentCancelled)
    assert (told["order_id"], told["refund"]) == (str(mine.order_id), True)
    assert school.events(EnrolmentConfirmed) == []


def test_K2_a_payment_after_the_hold_was_given_up_goes_back_once(school):
    mine = school.enrol(school.new_session())
    school.cancel(mine)
    at_once(3, lambda _: school.paid(mine))
    assert [each["refund"] for each in school.events(EnrolmentCancelled)] == [False, True]
    assert states(school, mine) == ["cancelled"]


def test_K2_payment_and_expiry_at_the_same_moment_end_in_one_of_the_two(school):
    for _ in range(10):
        session = school.new_session()
        mine = school.enrol(session)
        school.enrol(session)
        school.alter("UPDATE enrolments SET expires_at = now() WHERE id = ANY(:ids)", mine)
        at_once(2, lambda number, mine=mine: school.paid(mine) if number else school.sweep())
        state = school.get(mine).state
        refunds = [each for each in school.events(EnrolmentCancelled) if each["enrolment_id"] == str(mine.id)]
        confirmed = [each for each in school.events(EnrolmentConfirmed) if each["enrolment_id"] == str(mine.id)]
        assert (state, len(confirmed), len(refunds)) in {
            (EnrolmentState.CONFIRMED, 1, 0),
            (EnrolmentState.CANCELLED, 0, 1),
        }
