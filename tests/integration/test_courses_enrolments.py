"""Enrolling, cancelling, whose enrolment it is (K2)."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from chassis import local_forms
from chassis.clock import local_date
from chassis.ids import new_id
from contracts.access import ANONYMOUS, Permission, Principal, PrincipalKind
from contracts.base import ById
from contracts.contacts.merges import PersonMerged
from contracts.contacts.persons import PersonState
from contracts.courses import EnrolmentCancelled, EnrolmentConfirmed, EnrolmentState, SeatHeld
from contracts.errors import Conflict, Invalid, KeyReused, NotAllowed, NotFound, NotSignedIn, ServiceError, Unavailable
from tests.integration.conftest import member, staff
from tests.integration.school import BY_INVOICE, School, newcomer, offer_link, opened_school

pytestmark = pytest.mark.integration


@pytest.fixture
def school(clean_database, call_service, handle_event, recorded, monkeypatch) -> Iterator[School]:
    clean_database("courses")
    with opened_school(call_service, handle_event, recorded, monkeypatch) as school:
        yield school


def test_K2_a_seat_is_held_at_the_quoted_price_and_told(school):
    session = school.new_session(2)
    enrolment = school.enrol(session)
    assert (enrolment.state, enrolment.price.amount) == (EnrolmentState.HELD, Decimal("90.00"))
    assert enrolment == school.get(enrolment)
    assert enrolment.expires_at - enrolment.created_at == timedelta(minutes=session.hold_minutes)
    [told] = school.events(SeatHeld)
    assert told["order_id"] == str(enrolment.order_id)
    assert told["quote_id"] == str(enrolment.quote_id)
    assert school.session(session).seats_free == 1
    [(_, asked)] = [each for each in school.neighbours.asked if each[0] == "make_quote"]
    day = local_forms.day(local_date(session.starts_at), "sv")
    assert asked["lines"][0]["about"]["sv"] == f"Ledarskap, {day}"


def test_K2_a_waiting_enrolment_answers_like_the_list(school):
    session = school.new_session()
    school.enrol(session)
    waiting = school.enrol(session)
    assert waiting == school.get(waiting)
    assert (waiting.price, waiting.order_id, waiting.waiting_number) == (None, None, 1)


def test_K2_a_seat_paid_by_invoice_does_not_expire_and_is_confirmed_when_billed(school):
    enrolment = school.enrol(school.new_session(), payment=BY_INVOICE)
    assert (enrolment.state, enrolment.expires_at) == (EnrolmentState.HELD, None)
    school.billed(enrolment)
    assert school.get(enrolment).state is EnrolmentState.CONFIRMED


def test_K2_what_costs_nothing_is_confirmed_at_once_and_frees_its_seat_without_refund(school):
    session = school.new_session(product_id=school.free_id)
    enrolment = school.enrol(session)
    assert (enrolment.state, enrolment.order_id) == (EnrolmentState.CONFIRMED, None)
    assert len(school.events(EnrolmentConfirmed)) == 1
    school.cancel(enrolment)
    [told] = school.events(EnrolmentCancelled)
    assert (told["order_id"], told["refund"]) == (None, False)
    assert school.session(session).seats_free == 1


def test_K2_a_repeat_under_the_same_key_takes_one_seat_and_proposes_one_person(school):
    session = school.new_session(2)
    first = school.enrol_new(session, newcomer(), key="form-1")
    assert school.enrol_new(session, newcomer(), key="form-1") == first
    assert school.neighbours.states == {first.person_id: PersonState.PROPOSED}
    assert school.session(session).seats_free == 1
    with pytest.raises(KeyReused):
        school.enrol_new(session, newcomer(1), key="form-1")


def test_K2_anybody_enrols_somebody_new_and_only_oneself_of_the_register(school):
    session = school.new_session(9)
    me, colleague = school.neighbours.person(), school.neighbours.person()
    assert school.enrol(session, me, principal=member(me)).person_id == me
    assert school.enrol_new(session, newcomer(), principal=member(me)).state is EnrolmentState.HELD
    assert school.enrol_new(session, newcomer(1), principal=ANONYMOUS).state is EnrolmentState.HELD
    with pytest.raises(NotAllowed):
        school.enrol(session, colleague, principal=member(me))
    with pytest.raises(NotSignedIn):
        school.enrol(session, me, principal=ANONYMOUS)
    with pytest.raises(NotAllowed):
        school.enrol(session, colleague, principal=staff(Permission.COURSES_READ))
    gateway = Principal(kind=PrincipalKind.SYSTEM, id="gateway")
    with pytest.raises(NotAllowed):
        school.enrol(session, colleague, principal=gateway)
    assert school.session(session).seats_free == 6


def test_K2_bad_wishes_change_nothing(school):
    session = school.new_session()
    with pytest.raises(Invalid) as neither:
        school.enrol_new(session, None)
    for nobody in (new_id(), school.neighbours.person(PersonState.ERASED)):
        with pytest.raises(Invalid) as unknown:
            school.enrol(session, nobody)
    assert neither.value.errors[0].pointer == unknown.value.errors[0].pointer == "/person_id"
    with pytest.raises(NotFound):
        school.enrol(school.new_session().model_copy(update={"id": new_id()}))
    hidden = school.new_session(published=False)
    with pytest.raises(NotFound):
        school.enrol_new(hidden, newcomer(), principal=ANONYMOUS)
    assert school.enrol(hidden).state is EnrolmentState.HELD
    school.begin(session)
    with pytest.raises(Conflict) as begun:
        school.enrol(session)
    assert begun.value.error_code == "session_begun"
    assert school.session(session).seats_free == 1


def test_K2_nothing_is_held_while_commerce_is_away(school):
    session, person = school.new_session(), school.neighbours.person()
    school.neighbours.away.add("commerce")
    with pytest.raises(Unavailable):
        school.enrol(session, person, key="again")
    school.neighbours.away.clear()
    assert school.enrol(session, person, key="again").state is EnrolmentState.HELD


def test_K2_enrolled_already_is_told_with_the_enrolment(school):
    session = school.new_session(2)
    enrolment = school.enrol(session)
    with pytest.raises(Conflict) as refused:
        school.enrol(session, enrolment.person_id)
    assert refused.value.error_code == "already_enrolled"
    assert refused.value.params == {"enrolment_id": str(enrolment.id), "state": "held"}


def test_K2_cancelling_twice_is_refused_and_frees_one_seat(school):
    session = school.new_session(2)
    mine = school.confirmed(session)
    assert school.cancel(mine, member(mine.person_id)).state is EnrolmentState.CANCELLED
    with pytest.raises(Conflict) as refused:
        school.cancel(mine, member(mine.person_id))
    assert refused.value.error_code == "already_ended"
    assert school.session(session).seats_free == 2
    [told] = school.events(EnrolmentCancelled)
    assert (told["order_id"], told["refund"]) == (str(mine.order_id), True)


def test_K2_what_was_not_paid_is_not_refunded(school):
    school.cancel(school.enrol(school.new_session()))
    assert [each["refund"] for each in school.events(EnrolmentCancelled)] == [False]


def test_K2_another_persons_enrolment_does_not_exist(school):
    session = school.new_session()
    mine, waiting = school.confirmed(session), school.enrol(session)
    school.make_tickets()
    stranger = member(school.neighbours.person())
    for attempt in (
        lambda: school.get(mine, stranger),
        lambda: school.cancel(mine, stranger),
        lambda: school.ticket(mine, stranger),
        lambda: school.call("take_offer", ById(id=waiting.id), principal=stranger),
        lambda: school.get(mine, offer_link(waiting)),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert school.listed(principal=stranger).data == []
    assert school.listed(principal=stranger, session_id=session.id, person_id=mine.person_id).data == []
    assert [each.id for each in school.listed(principal=member(mine.person_id)).data] == [mine.id]
    for nobody in (ANONYMOUS, offer_link(waiting)):
        with pytest.raises(ServiceError):
            school.listed(principal=nobody)
    assert school.get(mine).state is EnrolmentState.CONFIRMED


def test_K2_after_the_start_only_the_office_cancels_and_nothing_is_refunded(school):
    session = school.new_session()
    mine = school.confirmed(session)
    school.begin(session)
    with pytest.raises(Conflict) as refused:
        school.cancel(mine, member(mine.person_id))
    assert refused.value.error_code == "session_begun"
    assert school.cancel(mine).state is EnrolmentState.CANCELLED
    assert [each["refund"] for each in school.events(EnrolmentCancelled)] == [False]
    school.paid(mine)  # an invoice of it paid later
    assert [each["refund"] for each in school.events(EnrolmentCancelled)] == [False]


def test_K2_leaving_the_waiting_list_moves_nobody_elses_number(school):
    session = school.new_session()
    school.enrol(session)
    waiting = [school.enrol(session) for _ in range(4)]
    school.cancel(waiting[1], member(waiting[1].person_id))
    left = school.listed(session_id=session.id, state=EnrolmentState.WAITING).data
    assert [each.waiting_number for each in left] == [1, 3, 4]
    assert school.session(session).waiting == 3


def test_K2_pages_of_the_waiting_list_stay_in_order_while_people_leave(school):
    session = school.new_session()
    school.enrol(session)
    for _ in range(9):
        school.enrol(session)
    asked = {"session_id": session.id, "state": EnrolmentState.WAITING, "limit": 4}
    first = school.listed(**asked)
    school.cancel(first.data[3])
    second = school.listed(**asked, cursor=first.next_cursor)
    third = school.listed(**asked, cursor=second.next_cursor)
    numbers = [[each.waiting_number for each in found.data] for found in (first, second, third)]
    assert numbers == [[1, 2, 3, 4], [5, 6, 7, 8], [9]]
    assert (second.has_more, third.has_more, third.next_cursor) == (True, False, None)
    for bad in ("x", "WzFd", "WyJhIiwiYiJd", school.listed(limit=1).next_cursor):
        with pytest.raises(Invalid):
            school.listed(**asked, cursor=bad)


def test_K2_an_accepted_person_keeps_the_enrolments_of_the_proposed_one(school):
    first, second = school.new_session(2), school.new_session(2)
    contact = school.neighbours.person()
    proposed = school.enrol_new(first, newcomer()).person_id
    also = school.enrol(second, proposed)
    school.enrol(second, contact)
    for _ in range(2):
        school.handle_event("courses", PersonMerged(merged_id=proposed, survivor_id=contact, version=2))
    mine = school.listed(principal=member(contact)).data
    assert sorted(each.session_id for each in mine) == sorted([first.id, second.id, second.id])
    assert school.get(also).person_id == contact
    assert school.listed(person_id=proposed).data == mine


def test_K8_an_enrolment_says_what_a_calendar_needs(school):
    session = school.new_session(city="Tampere")
    mine = school.enrol(session)
    found = school.listed(principal=member(mine.person_id)).data[0]
    assert (found.session_starts_at, found.session_ends_at) == (session.starts_at, session.ends_at)
    assert (found.session_name.fi, found.session_place, found.session_city) == ("Johtaminen", "Järjestötalo", "Tampere")
