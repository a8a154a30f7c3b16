"""Steps 6 and 7 of the story through courses, commerce, contacts, identity and notify together (K2, K7, E4, N7)."""

from collections.abc import Iterator

import pymupdf
import pytest

from chassis import clock, rpc
from chassis.principals import verify
from contracts.access import Principal, PrincipalKind
from contracts.base import ById, ListRequest, Nothing
from contracts.commerce.invoices import ListInvoices
from contracts.commerce.orders import OrderState
from contracts.courses import CancelEnrolment, Enrol, EnrolmentState, NewPerson, PaymentMethod
from contracts.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from contracts.identity import LinkToken
from services.courses import worker as courses_tasks
from tests.integration.conftest import ANONYMOUS, member, staff
from tests.integration.school import at_once
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration
GATEWAY = Principal(kind=PrincipalKind.SYSTEM, id="gateway")


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def expire(town, enrolment):
    """The hold's time is over and courses has seen it; nobody else has yet."""
    town.alter("courses", "UPDATE enrolments SET expires_at = now() WHERE id = :id", id=enrolment.id)
    courses_tasks.expire_holds(town.workers["courses"])


def balanced(town) -> bool:
    return bool(town.call("commerce", "get_trial_balance", Nothing()).difference == 0)


def test_K2_paid_three_times_told_confirmed_once_with_one_ticket(town):
    person = town.person()
    mine = town.enrol(town.session(20), person)
    town.settle()
    assert (town.order(mine).state, town.order(mine).total) == (OrderState.OPEN, mine.price.amount)
    town.pay(member(person.id), times=3, order_id=mine.order_id)
    town.settle(twice=True)
    assert town.enrolment(mine).state is EnrolmentState.CONFIRMED
    assert town.order(mine).state is OrderState.PAID
    assert sorted(town.subjects(person)) == [
        f"Kuitti: lasku {town.call('commerce', 'list_invoices', ListInvoices()).data[0].number} on maksettu",
        "Lippusi: Johtaminen",
        "Paikka on varattu sinulle: Johtaminen",
    ]
    mail = town.mail(person, "Lippusi")
    assert [each["name"] for each in mail["attachments"]] == ["ticket.pdf"]
    with pymupdf.open(stream=town.mailbox.attachment(mail["id"], 0), filetype="pdf") as pdf:
        assert "Aino Aalto" in pdf[0].get_text()
    assert balanced(town)


def visitor_enrols(town):
    """Somebody new takes a seat; the enrolment."""
    new_person = NewPerson(given_name="Ulla", family_name="Uusi", email="ulla@example.org")
    found = town.call("courses", "enrol", Enrol(session_id=town.session().id, new_person=new_person), ANONYMOUS)
    town.settle()
    return found


def test_K2_E4_a_visitor_pays_by_the_link_of_the_enrolment_just_made_and_by_its_mail(town):
    rpc.system_caller("gateway")  # the gateway's own tests run in this process, too
    mine, other = visitor_enrols(town), visitor_enrols(town)
    asked = ById(id=mine.id)
    token = town.call("courses", "open_enrolment_link", asked, GATEWAY).token
    assert town.call("courses", "open_enrolment_link", asked, GATEWAY).token == token
    signed = town.call("identity", "get_link_principal", LinkToken(token=token), ANONYMOUS)
    told = town.mailbox.wait_for("ulla@example.org", "Paikka on varattu sinulle")["text"]
    by_mail = town.link_principal(told, "/offer")
    visitor = verify(signed.token, clock.now())
    assert {visitor.link_object, by_mail.link_object} == {mine.id, other.id}
    for link in (visitor, by_mail):
        paid = mine if link.link_object == mine.id else other
        with pytest.raises(NotFound):
            town.pay(link, order_id=(other if paid is mine else mine).order_id)
        town.pay(link, order_id=paid.order_id)
    town.settle(twice=True)
    assert [town.enrolment(each).state for each in (mine, other)] == [EnrolmentState.CONFIRMED] * 2


def test_only_the_gateway_gets_the_link_and_only_at_once(town):
    mine = visitor_enrols(town)
    for principal in (ANONYMOUS, member(mine.person_id), staff()):
        with pytest.raises((NotAllowed, NotSignedIn)):
            town.call("courses", "open_enrolment_link", ById(id=mine.id), principal)
    town.alter("courses", "UPDATE enrolments SET created_at = now() - interval '16 minutes' WHERE id = :id", id=mine.id)
    with pytest.raises(NotFound):
        town.call("courses", "open_enrolment_link", ById(id=mine.id), GATEWAY)


@pytest.mark.parametrize("seed", range(3))
def test_K2_events_in_any_order_and_twice_end_the_same(town, seed):
    first, second, third = (town.person(name) for name in ("Aino", "Beata", "Cecilia"))
    session = town.session(1)
    mine, waiting = town.enrol(session, first), town.enrol(session, second)
    town.enrol(session, third)
    town.settle()
    town.pay(member(first.id), order_id=mine.order_id)
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=mine.id), member(first.id))
    town.settle(twice=True, shuffled=seed)
    assert town.enrolment(mine).state is EnrolmentState.CANCELLED
    assert town.order(mine).state is OrderState.REFUNDED
    assert town.enrolment(waiting).state is EnrolmentState.OFFERED
    assert [subject for subject in town.subjects(first) if "palautettu" in subject] == ["Maksu on palautettu"]
    assert [subject.split(":")[0] for subject in town.subjects(second)].count("Paikka vapautui") == 1
    assert balanced(town)


def test_K2_cancelled_refunded_credited_and_offered_to_the_first_who_waits(town):
    first, second, third = (town.person(name) for name in ("Aino", "Beata", "Cecilia"))
    session = town.session(1)
    mine = town.enrol(session, first)
    town.settle()
    town.pay(member(first.id), order_id=mine.order_id)
    town.settle()
    waiting, other = town.enrol(session, second), town.enrol(session, third)
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=mine.id, reason="Este"), member(first.id))
    town.settle(twice=True)

    assert town.order(mine).state is OrderState.REFUNDED
    told = town.subjects(first)
    assert [subject for subject in told if subject.startswith("Hyvityslasku")]
    assert told.count("Maksu on palautettu") == 1
    assert told.count("Ilmoittautuminen peruttu: Johtaminen") == 1
    assert "90,00" in town.mail(first, "Maksu on palautettu")["text"]
    assert town.subjects(third) == ["Olet jonossa: Johtaminen"]
    assert "olet nyt jonossa" in town.mail(third, "Olet jonossa")["text"]

    link = town.link_principal(town.mail(second, "Paikka vapautui")["text"], "/offer")
    assert link == town.link_principal(town.sms.wait_for(second.phone, "Paikka vapautui")["body"], "/offer").model_copy(
        update={"id": link.id, "expires_at": link.expires_at}
    )
    with pytest.raises(NotFound):
        town.call("courses", "take_offer", ById(id=other.id), link)
    with pytest.raises(NotAllowed):
        town.call("courses", "cancel_enrolment", CancelEnrolment(id=waiting.id), link)
    taken = town.call("courses", "take_offer", ById(id=waiting.id), link)
    with pytest.raises(Conflict):
        town.call("courses", "take_offer", ById(id=waiting.id), link)
    town.settle()
    assert town.call("commerce", "get_order", ById(id=taken.order_id), link).state is OrderState.OPEN
    town.pay(link, order_id=taken.order_id)
    town.settle()
    assert town.enrolment(waiting).state is EnrolmentState.CONFIRMED
    assert "Lippusi: Johtaminen" in town.subjects(second)
    now = town.call("courses", "get_session", ById(id=session.id), ANONYMOUS)
    assert (now.seats_free, now.waiting) == (0, 1)
    assert balanced(town)


def test_K2_by_invoice_the_seat_is_confirmed_when_billed_and_credited_when_cancelled(town):
    person = town.person()
    mine = town.enrol(town.session(), person, payment=PaymentMethod.INVOICE)
    town.settle(twice=True)
    assert town.enrolment(mine).state is EnrolmentState.CONFIRMED
    assert [subject.split(" ")[0] for subject in sorted(town.subjects(person))] == ["Lasku", "Lippusi:"]
    town.call("courses", "cancel_enrolment", CancelEnrolment(id=mine.id), member(person.id))
    town.settle(twice=True)
    assert town.order(mine).state is OrderState.CANCELLED
    assert [subject.split(" ")[0] for subject in town.subjects(person)].count("Hyvityslasku") == 1
    assert town.call("commerce", "list_open_items", ListRequest()).data == []


@pytest.mark.parametrize("seat_free", [True, False])
def test_K2_paid_after_expiry_before_commerce_heard_of_it(town, seat_free):
    """The seat again if one is free, else the money back (fault 36)."""
    first, second = town.person("Aino"), town.person("Beata")
    session = town.session(1)
    mine = town.enrol(session, first)
    town.settle()
    expire(town, mine)
    town.pay(member(first.id), order_id=mine.order_id)
    if not seat_free:
        town.enrol(session, second)
    town.settle(twice=True)
    state = EnrolmentState.CONFIRMED if seat_free else EnrolmentState.CANCELLED
    order = OrderState.PAID if seat_free else OrderState.REFUNDED
    assert (town.enrolment(mine).state, town.order(mine).state) == (state, order)
    subjects = town.subjects(first)
    assert ("Lippusi: Johtaminen" in subjects, "Maksu on palautettu" in subjects) == (seat_free, not seat_free)
    if seat_free:
        assert "Varauksesi raukesi: Johtaminen" not in subjects
    assert balanced(town)


def test_K2_paid_after_expiry_when_the_order_has_ended_gets_the_money_back(town):
    person = town.person()
    mine = town.enrol(town.session(), person)
    town.settle()
    notice = town.pay(member(person.id), times=0, order_id=mine.order_id)
    expire(town, mine)
    town.settle()
    assert town.order(mine).state is OrderState.CANCELLED
    for _ in range(3):
        town.notify_payment(notice)
    town.settle(twice=True)
    assert (town.enrolment(mine).state, town.order(mine).state) == (EnrolmentState.EXPIRED, OrderState.REFUNDED)
    assert town.subjects(person).count("Maksu on palautettu") == 1
    assert town.subjects(person).count("Varauksesi raukesi: Johtaminen") == 1
    assert balanced(town)


def test_K2_payment_expiry_and_cancellation_at_once_never_both_or_neither(town):
    """Whatever wins: a seat and no refund, or a refund and no seat."""
    people = [town.person(f"Aino{number}") for number in range(8)]
    session = town.session(8)
    enrolments = [town.enrol(session, person) for person in people]
    town.settle()
    town.alter("courses", "UPDATE enrolments SET expires_at = now()")

    def act(number):
        enrolment, person = enrolments[number % 8], people[number % 8]
        if number < 8:
            return town.pay(member(person.id), order_id=enrolment.order_id)
        if number < 11:
            return town.call("courses", "cancel_enrolment", CancelEnrolment(id=enrolment.id), member(person.id))
        return courses_tasks.expire_holds(town.workers["courses"])

    at_once(12, act)
    town.settle(twice=True, shuffled=1)
    for enrolment in enrolments:
        state, order = town.enrolment(enrolment).state, town.order(enrolment).state
        assert (state is EnrolmentState.CONFIRMED) == (order is OrderState.PAID), (state, order)
    assert balanced(town)
