"""Every event has a consumer or says why not; every queue has a dead-letter queue; names follow one form."""

import pytest

from chassis import topology
from chassis.service import SERVICES, all_subscriptions, retired_of, service_class
from contracts.base import methods_of
from ops import contract_schemas

CONSUMED_BY_NOBODY = {
    "persons.changed.v1": "no other service keeps data of persons; contacts' search and segments read their own tables",
    "principals.changed.v1": "the gateway forgets principals after one second by itself",
    "enrolment.confirmed.v1": "courses' own worker makes the ticket; segments follow enrolments.changed.v1",
}


def test_every_event_has_a_consumer_or_says_why_not():
    consumed = {each.event.type for each in all_subscriptions()}
    recorded = {event.type for service in SERVICES for event in contract_schemas.events_of(service)}
    assert recorded - consumed == set(CONSUMED_BY_NOBODY), "give the event a consumer, or say here why it has none"


def test_every_queue_has_a_dead_letter_queue():
    for queue in topology.queues():
        assert queue.arguments["x-dead-letter-exchange"] == topology.DEAD_LETTER_EXCHANGE
        assert queue.arguments["x-dead-letter-routing-key"] == queue.dead_letters


def test_a_retired_queue_is_read_by_nobody():
    assert not {queue.name for queue in topology.queues()} & {*retired_of()}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_retires_its_own_queues_alone(service):
    assert [name for name in retired_of(service) if f"--{service}." not in name] == []


def test_queue_names_are_unique_and_short_enough_for_the_broker():
    names = [queue.name for queue in topology.queues()]
    assert len(names) == len(set(names))
    assert max(len(f"dlq.{name}") for name in names) <= 255


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_every_method_of_its_interface(service):
    service_type = service_class(service)
    api = contract_schemas.api_of(service)
    assert set(methods_of(service_type)) == set(methods_of(api))
