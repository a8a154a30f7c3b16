"""Sending one by one: servers that refuse or fall silent, addresses not to use, workers that die (N7, N8; 43-45)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.commerce.invoices import InvoicePaid
from contracts.errors import ServiceError
from contracts.notify import ListMessages, MessageState, Suppress
from services.courses import worker as courses_tasks
from services.notify import delivery
from services.notify.commands import deliveries
from tests.integration.conftest import member, staff
from tests.integration.town import Town, opened_town

pytestmark = pytest.mark.integration


@pytest.fixture
def town(call_service, clean_database, monkeypatch) -> Iterator[Town]:
    with opened_town(call_service, clean_database, monkeypatch) as town:
        yield town


def kept(town, person_id):
    """The messages of a person as the office sees them, oldest first."""
    return town.call("notify", "list_messages", ListMessages(person_id=person_id)).data[::-1]


@pytest.fixture
def ticket(town):
    """A person whose ticket is about to be sent; `send` lets notify work once."""
    person = town.person()
    town.enrol(town.session(price="0.00"), person)
    town.deliver()
    courses_tasks.render_tickets(town.workers["courses"])
    town.deliver()
    return person


def send(town):
    town.hurry()
    delivery.deliver_due(town.workers["notify"])


def test_N7_a_server_that_says_later_gets_it_later_once(town, ticket):
    town.mailbox.order_fault(on="rcpt", effect="reply", status=450, times=2)
    for expected in ("temporary-failure", "temporary-failure", "delivered", "delivered"):
        send(town)
        [message] = kept(town, ticket.id)
        assert message.state == expected
    assert message.attempts == 3
    assert town.subjects(ticket) == ["Lippusi: Johtaminen"]


def test_N7_an_answer_lost_after_the_message_repeats_it_under_the_same_id(town, ticket):
    town.mailbox.order_fault(on="data", effect="drop_after")
    send(town)
    send(town)
    found = town.mailbox.messages(ticket.email or "")
    assert len(found) == 2
    assert {each["message_id"] for each in found} == {f"<{kept(town, ticket.id)[0].id}@talkoo.example>"}


def test_N8_an_address_that_bounces_is_not_used_again_until_the_office_lifts_it(town, ticket):
    town.mailbox.order_fault(on="rcpt", effect="reply", status=550)
    send(town)
    assert kept(town, ticket.id)[0].state is MessageState.PERMANENT_FAILURE
    town.enrol(town.session(price="0.00"), ticket)
    town.settle()
    assert kept(town, ticket.id)[1].state is MessageState.SUPPRESSED
    assert (town.subjects(ticket), kept(town, ticket.id)[1].error) == ([], "bounced")
    [found] = town.call("notify", "list_suppressions", ListRequest()).data
    town.call("notify", "lift_suppression", ById(id=found.id))
    town.enrol(town.session(price="0.00"), ticket)
    town.settle()
    assert town.subjects(ticket) == ["Lippusi: Johtaminen"]


def test_N8_a_suppressed_address_is_found_in_any_spelling(town, ticket):
    request = Suppress(channel="email", address=" AINO@Example.org ", reason="complaint")
    first = town.call("notify", "suppress", request)
    assert town.call("notify", "suppress", request) == first
    send(town)
    assert town.subjects(ticket) == []


def test_N7_facts_that_are_not_there_yet_are_waited_for(town):
    """The receipt is asked for before the invoice's PDF is made."""
    person = town.person()
    town.hear("notify", InvoicePaid(invoice_id=new_id(), customer_id=person.id, paid_on=datetime.now(UTC).date()))
    send(town)
    [message] = kept(town, person.id)
    assert (message.state, message.error) == (MessageState.TEMPORARY_FAILURE, "not_found")


def test_N7_who_has_no_address_or_is_unknown_gets_nothing(town):
    silent = town.person("Hilja", email=None, phone=None)
    town.enrol(town.session(price="0.00"), silent)
    town.settle()
    [message] = kept(town, silent.id)
    assert (message.state, message.error) == (MessageState.PERMANENT_FAILURE, "no address")


def test_N7_what_waited_longer_than_the_lease_is_taken_over(town, ticket):
    """A worker that took the message and died has it until its lease ends."""
    with town.workers["notify"].transaction() as session:
        assert len(deliveries.claim(session, town.workers["notify"].now(), 10)) == 1
    send(town)
    assert town.subjects(ticket) == []
    later = datetime.now(UTC) + timedelta(minutes=5, seconds=1)
    with town.workers["notify"].transaction() as session:
        assert len(deliveries.claim(session, later, 10)) == 1


def test_only_the_office_reads_and_suppresses(town):
    person = town.person()
    for principal in (member(person.id), staff(Permission.CONTACTS_READ)):
        with pytest.raises(ServiceError):
            town.call("notify", "suppress", Suppress(channel="email", address="x@y.fi", reason="x"), principal)
