"""The relay: publishes what the outboxes hold, in order, with confirms; woken at commit, sweeping every second.

One thread per service; the thread that holds the database's advisory lock is the leader, others stand by. A
relay may publish twice (killed between confirm and mark): consumers know by their inbox.

    python -m chassis.relay [service ...]
"""

import select
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import orjson
import psycopg2
from sqlalchemy.engine import make_url

from chassis import crash, health, logs, metrics
from chassis.logs import log
from chassis.publisher import ConfirmingPublisher, OutgoingMessage, PublishFailed
from chassis.service import SERVICES
from chassis.settings import amqp_url_for, settings

BATCH = 200
SWEEP_SECONDS = 1.0
KEEP = timedelta(days=30)
LEADER_LOCK = 7_201_001

UNSENT = "SELECT id, event_id::text, type, envelope::text FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT %s"
MARK_SENT = "UPDATE outbox SET sent_at = now() WHERE id = ANY(%s)"


class Relay:
    """Relays one service's outbox until `stop` is set. Events of the types `bound` must find a queue."""

    def __init__(self, service: str, bound: frozenset[str], stop: threading.Event) -> None:
        self.service = service
        self.bound = bound
        self.stop = stop
        self._database: Any = None
        self._publisher: ConfirmingPublisher | None = None

    def run(self) -> None:
        """Connect, lead, relay; after any fault start over."""
        while not self.stop.is_set():
            try:
                self._connect()
                if self._lead():
                    self._relay_until_stopped()
            except (psycopg2.Error, PublishFailed, OSError) as error:
                log.warning("relay_interrupted", service=self.service, error=type(error).__name__)
                self.stop.wait(0.5)
            finally:
                self._disconnect()

    def _connect(self) -> None:
        url = make_url(settings().database_url(self.service))
        self._database = psycopg2.connect(
            host=url.host,
            port=url.port,
            user=url.username,
            password=url.password,
            dbname=url.database,
            connect_timeout=5,
            application_name=f"talkoo-relay-{self.service}",
            options="-c statement_timeout=10000",
        )
        self._database.autocommit = True

    def _disconnect(self) -> None:
        if self._publisher is not None:
            self._publisher.close()
            self._publisher = None
        if self._database is not None:
            self._database.close()

    def _lead(self) -> bool:
        """Whether this process is the leader; if not, wait a moment before asking again."""
        with self._database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,))
            leader = bool(cursor.fetchone()[0])
        if not leader:
            self.stop.wait(2)
        return leader

    def _relay_until_stopped(self) -> None:
        self._publisher = ConfirmingPublisher(amqp_url_for(self.service), f"talkoo-relay-{self.service}")
        with self._database.cursor() as cursor:
            cursor.execute("LISTEN outbox")
        while not self.stop.is_set():
            while self._relay_batch() == BATCH and not self.stop.is_set():
                pass
            self._publisher.breathe()
            self._sleep_until_woken()

    def _relay_batch(self) -> int:
        """Publish and mark up to BATCH events; how many were marked."""
        assert self._publisher is not None
        with self._database.cursor() as cursor:
            cursor.execute(UNSENT, (BATCH,))
            rows = cursor.fetchall()
            if not rows:
                return 0
            crash.point("relay.claimed")
            unroutable = self._publisher.publish([self._message(*row[1:]) for row in rows])
            crash.point("relay.published")
            sent = [row[0] for row in rows if row[1] not in unroutable]
            cursor.execute(MARK_SENT, (sent,))
        metrics.PUBLISHED.labels(self.service).inc(len(sent))
        if unroutable:
            metrics.UNROUTABLE.labels(self.service).inc(len(unroutable))
            log.error("events_unroutable", service=self.service, count=len(unroutable))
            self.stop.wait(SWEEP_SECONDS)
        return len(sent)

    def _message(self, event_id: str, event_type: str, envelope: str) -> OutgoingMessage:
        return OutgoingMessage(
            exchange=f"{self.service}.events",
            routing_key=event_type,
            body=envelope.encode(),
            message_id=event_id,
            mandatory=event_type in self.bound,
        )

    def _sleep_until_woken(self) -> None:
        select.select([self._database], [], [], SWEEP_SECONDS)
        self._database.poll()
        self._database.notifies.clear()


def _bound_event_types() -> frozenset[str]:
    """As the topology says; asked of a process of its own, so that the code of all services takes no memory here."""
    told = subprocess.run([sys.executable, "-m", "chassis.topology", "bound"], stdout=subprocess.PIPE, check=True)
    return frozenset(orjson.loads(told.stdout))


def main(services: list[str]) -> None:
    """Relay until SIGTERM, then finish the batch at hand."""
    logs.configure("relay")
    health.serve_metrics("relay")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bound = _bound_event_types()
    relays = [Relay(service, bound, stop) for service in services]
    threads = [threading.Thread(target=relay.run, name=f"relay-{relay.service}") for relay in relays]
    for thread in threads:
        thread.start()
    log.info("relay_started", services=len(services))
    while not stop.is_set():
        time.sleep(0.2)
    for thread in threads:
        thread.join(timeout=15)


if __name__ == "__main__":
    main(sys.argv[1:] or list(SERVICES))
