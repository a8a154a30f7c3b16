"""Every exchange, queue and binding of the suite: one declared list, applied before anything relays.

`python -m chassis.topology apply` declares it; services, relay and worker check it passively at start.
`python -m chassis.topology bound` lists the types of events that have a queue.
A queue's arguments never change under its name (RabbitMQ would refuse): use a new name.
"""

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pika
from pika.exceptions import AMQPConnectionError, ChannelClosedByBroker

from chassis.service import SERVICES, all_subscriptions, retired_of, service_class, subscriptions_of
from chassis.settings import amqp_url_for, settings

RPC_EXCHANGE = "nameko-rpc"
DEAD_LETTER_EXCHANGE = "dlx"


@dataclass(frozen=True)
class QueueSpec:
    """A durable queue, its bindings (exchange, routing key), and the dead-letter queue beside it."""

    name: str
    bindings: tuple[tuple[str, str], ...]
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def dead_letters(self) -> str:
        """The queue for messages that could not even be read."""
        return dead_letters_of(self.name)


def dead_letters_of(queue: str) -> str:
    """The name of the dead-letter queue beside a queue."""
    return f"dlq.{queue}"


def rpc_queue(service: str) -> str:
    """The queue of a service's RPC requests."""
    return f"rpc-{service}{_suffix()}"


def _suffix() -> str:
    return "-q" if os.environ.get("TALKOO_QUEUE_TYPE") == "quorum" else ""


def _arguments(name: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "x-dead-letter-exchange": DEAD_LETTER_EXCHANGE,
        "x-dead-letter-routing-key": dead_letters_of(name),
    }
    if _suffix():
        arguments["x-queue-type"] = "quorum"
        arguments["x-delivery-limit"] = -1
    return arguments


@cache
def exchanges() -> list[str]:
    """Topic exchanges: RPC, one per event source."""
    return [RPC_EXCHANGE, *(f"{service}.events" for service in SERVICES)]


@cache
def queues() -> list[QueueSpec]:
    """Every queue of the suite."""
    rpc = [
        QueueSpec(rpc_queue(service), ((RPC_EXCHANGE, f"{service}.*"),), _arguments(rpc_queue(service)))
        for service in SERVICES
    ]
    events = [
        QueueSpec(each.queue, ((f"{each.event.source}.events", each.event.type),), _arguments(each.queue))
        for each in all_subscriptions()
    ]
    return rpc + events


@cache
def bound_event_types() -> frozenset[str]:
    """Types of events that some queue receives; the relay expects these to be routable."""
    return frozenset(key for queue in queues() for exchange, key in queue.bindings if exchange != RPC_EXCHANGE)


def connect(url: str) -> pika.BlockingConnection:
    """A short-lived connection with bounded waiting."""
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = 5
    parameters.blocked_connection_timeout = 10
    return pika.BlockingConnection(parameters)


def apply(url: str) -> dict[str, int]:
    """Declare everything, and take away what nobody reads any more; harmless when it is done already.

    Dead-letter queues in which something lies stay, until somebody has looked: these, with their messages.
    """
    connection = connect(url)
    channel = connection.channel()
    channel.exchange_declare(DEAD_LETTER_EXCHANGE, "direct", durable=True)
    for exchange in exchanges():
        channel.exchange_declare(exchange, "topic", durable=True)
    for queue in queues():
        channel.queue_declare(queue.dead_letters, durable=True)
        channel.queue_bind(queue.dead_letters, DEAD_LETTER_EXCHANGE, queue.dead_letters)
        channel.queue_declare(queue.name, durable=True, arguments=queue.arguments)
        for exchange, key in queue.bindings:
            channel.queue_bind(queue.name, exchange, key)
    kept = {name: count for each in retired_of() for name, count in _retire(channel, each).items() if count}
    connection.close()
    return kept


def _retire(channel: Any, queue: str) -> dict[str, int]:
    """Once the queue is gone, nothing comes to its dead-letter queue any more."""
    channel.queue_delete(queue)
    dead = dead_letters_of(queue)
    count: int = channel.queue_declare(dead, durable=True).method.message_count
    if not count:
        channel.queue_delete(dead)
    return {dead: count}


def say_kept(kept: dict[str, int]) -> None:
    """Say which dead-letter queues of retired queues stay."""
    for name, count in kept.items():
        said = f"{name} stays: nobody reads its queue any more, but {count} messages lie in it"
        print(said, file=sys.stderr)  # noqa: T201


def missing(url: str, names: list[str]) -> list[str]:
    """The queues among `names` that the broker does not have."""
    connection = connect(url)
    absent = []
    for name in names:
        try:
            connection.channel().queue_declare(name, passive=True)
        except ChannelClosedByBroker:
            absent.append(name)
    connection.close()
    return absent


def depths(url: str, service: str = "") -> dict[str, int]:
    """Messages waiting in every queue and dead-letter queue, of one service or of all; retired ones while they stay."""
    connection = connect(url)
    channel = connection.channel()
    wanted = own_queues(service) if service else [queue.name for queue in queues()]
    names = [name for queue in wanted for name in (queue, dead_letters_of(queue))]
    found = {name: channel.queue_declare(name, passive=True).method.message_count for name in names}
    for name in retired_dead_letters(url, service):
        with suppress(ChannelClosedByBroker):  # somebody has removed it since
            found[name] = connection.channel().queue_declare(name, passive=True).method.message_count
    connection.close()
    return found


@cache
def retired_dead_letters(url: str, service: str = "") -> tuple[str, ...]:
    """Dead-letter queues of retired queues that are still there. They never come back: it is enough to ask once."""
    names = [dead_letters_of(each) for each in retired_of(service)]
    absent = missing(url, names) if names else []
    return tuple(name for name in names if name not in absent)


def own_queues(service: str) -> list[str]:
    """The names of the queues that a service reads."""
    return [rpc_queue(service), *(each.queue for each in subscriptions_of(service_class(service)))]


def wait_until_applied(service: str, seconds: float) -> None:
    """Wait for the broker and the service's own queues; exits the process when they do not come."""
    own = own_queues(service)
    deadline = time.monotonic() + seconds
    absent = own
    while time.monotonic() < deadline:
        try:
            absent = missing(amqp_url_for(service), own)
        except AMQPConnectionError:
            absent = own
        if not absent:
            return
        time.sleep(0.3)
    sys.exit(f"{service}: the broker lacks {', '.join(absent)}; run: python -m chassis.topology apply")


if __name__ == "__main__":
    if sys.argv[1:] == ["apply"]:
        say_kept(apply(settings().amqp_url))
        print(f"{len(queues())} queues declared")  # noqa: T201
    elif sys.argv[1:] == ["bound"]:
        print(json.dumps(sorted(bound_event_types())))  # noqa: T201
    else:
        sys.exit("usage: python -m chassis.topology apply|bound")
