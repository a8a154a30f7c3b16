"""P5: from a commit in one service to its effect in another, and how much relay and consumer take.

The event is `invoice.issued`, which membership alone consumes; about an enrolment it has no effect there but its row
in the inbox. Commits at the consumer are seen by a trigger that notifies, so the time is that of the commit itself.
"""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

import pika
import psycopg2
from sqlalchemy import text

from chassis import outbox
from chassis.database import Database
from chassis.ids import new_id
from contracts.commerce.invoices import InvoiceIssued, InvoiceKind
from ops.bench.findings import Finding, against_floor
from ops.bench.floors import publisher
from ops.bench.load import Outcome
from ops.bench.reading import rate
from ops.bench.scene import Scene
from ops.bench.turns import Turns
from ops.launcher import databases

RATE = 50
"""Events per second while the delay is measured."""
PATIENCE = 120.0
NOTIFY = """
CREATE OR REPLACE FUNCTION tell_bench() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('bench', NEW.event_id::text); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER tell_bench AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION tell_bench();
LISTEN bench;
"""


def measure(scene: Scene) -> list[Finding]:
    """P5: delay first, then throughput turn about with the floors."""
    urls = scene.suite.infrastructure.database_urls
    producer, consumer = Database(urls["commerce"], "bench"), Database(urls["membership"], "bench")
    try:
        return [*_delay(scene, producer), *_throughput(scene, producer, consumer)]
    finally:
        producer.dispose()
        consumer.dispose()


def _delay(scene: Scene, producer: Database) -> list[Finding]:
    committed: dict[str, float] = {}
    with _effects(scene, committed) as effects:
        count = int(RATE * scene.pace.event_seconds)
        began = time.perf_counter()
        for number in range(count):
            time.sleep(max(began + number / RATE - time.perf_counter(), 0))
            with producer.transaction() as session:
                event_id = outbox.record(session, _event())
                committed[str(event_id)] = time.perf_counter()
        _wait(lambda: len(effects) >= count, "effects of all events")
    delays = sorted((effects[each] - committed[each]) * 1000 for each in committed)
    what = "from commit to effect in another service"
    return [
        _within(f"{what}, p50", delays[len(delays) // 2], 15.0),
        _within(f"{what}, p99", delays[int(len(delays) * 0.99)], 100.0),
    ]


def _within(what: str, milliseconds: float, goal: float) -> Finding:
    return Finding("P5", what, "ms", milliseconds, "goal", goal, milliseconds / goal, at_most=1.0)


@contextmanager
def _effects(scene: Scene, committed: dict[str, float]) -> Iterator[dict[str, float]]:
    """When each event of `committed` had its effect, by event id; filled while the block runs."""
    assert scene.suite.infrastructure.admin_url is not None
    url = databases.admin_url_of(scene.suite.infrastructure.admin_url, databases.database_name("membership"))
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(NOTIFY)
    found: dict[str, float] = {}
    ending = False

    def listen() -> None:
        while not ending:
            select.select([connection], [], [], 0.1)
            connection.poll()
            now = time.perf_counter()
            found.update((each.payload, now) for each in connection.notifies if each.payload in committed)
            connection.notifies.clear()

    thread = Thread(target=listen)
    thread.start()
    try:
        yield found
    finally:
        ending = True
        thread.join()
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER tell_bench ON inbox")
        connection.close()


def _throughput(scene: Scene, producer: Database, consumer: Database) -> list[Finding]:
    broker = scene.suite.infrastructure.amqp_urls["talkoo"]
    count = scene.pace.events
    pid = scene.suite.pids["membership"]

    def relay() -> Outcome:
        os.kill(pid, signal.SIGSTOP)  # the relay's turn alone; the consumer takes the same messages afterwards
        return _relayed(producer, count)

    def consume() -> Outcome:
        return _consumed(consumer, count, lambda: os.kill(pid, signal.SIGCONT))

    def publish() -> Outcome:
        os.kill(scene.floor_pids[0], signal.SIGSTOP)
        return publisher.in_batches(broker, count)

    def hear() -> Outcome:
        os.kill(scene.floor_pids[0], signal.SIGCONT)
        return _heard(broker, count)

    try:
        turns = Turns(
            scene.pace.rounds,
            {
                "F-event batch": publish,
                "F-event handler": hear,
                "relay": relay,
                "consumer": consume,
                "F-event single": lambda: publisher.one_by_one(broker, count // 10),
            },
        )
    finally:
        for each in (pid, scene.floor_pids[0]):
            os.kill(each, signal.SIGCONT)
    return [
        replace(against_floor("relay", "events relayed", "/s", turns, rate, "F-event batch", at_least=0.5), id="P5"),
        replace(
            against_floor("consumer", "events consumed", "/s", turns, rate, "F-event handler", at_least=0.2), id="P5"
        ),
        Finding("F-event", "published one by one", "/s", turns.median("F-event single", rate)),
    ]


def _event() -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=new_id(), customer_id=new_id(), kind=InvoiceKind.INVOICE, about_kind="enrolment", about_id=new_id()
    )


def _relayed(producer: Database, count: int) -> Outcome:
    """Record many events in one transaction and wait until the relay has marked all of them."""
    with producer.transaction() as session:
        outbox.record_all(session, [_event() for _ in range(count)])
        began = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    _wait(lambda: _one(producer, "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == 0, "the relay")
    seconds = (_one(producer, "SELECT max(sent_at) FROM outbox") - began).total_seconds()
    return Outcome.of_events(count, seconds)


def _consumed(consumer: Database, count: int, let_go: Callable[[], None]) -> Outcome:
    """Let the consumer take what waits in its queue."""
    before = _one(consumer, "SELECT count(*) FROM inbox")
    began = _one(consumer, "SELECT clock_timestamp()")
    let_go()
    _wait(lambda: _one(consumer, "SELECT count(*) FROM inbox") >= before + count, "the consumer")
    seconds = (_one(consumer, "SELECT max(received_at) FROM inbox") - began).total_seconds()
    return Outcome.of_events(count, seconds)


def _heard(broker: str, count: int) -> Outcome:
    """Wait until the plain service has taken what waits in its queue."""
    connection = pika.BlockingConnection(pika.URLParameters(broker))
    channel = connection.channel()
    began = time.perf_counter()
    _wait(lambda: channel.queue_declare(publisher.QUEUE, passive=True).method.message_count == 0, "the plain handler")
    seconds = time.perf_counter() - began
    connection.close()
    return Outcome.of_events(count, seconds)


def _one(database: Database, query: str) -> Any:
    with database.reader() as connection:
        return connection.execute(text(query)).scalar_one()


def _wait(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come to an end within {PATIENCE:.0f} s")
        time.sleep(0.02)
