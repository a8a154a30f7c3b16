"""What all databases of a running suite hold, in short: to see that something has changed nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from ops.launcher.databases import libpq_url
from ops.simulators.clients import wait_until
from tests.whole_suite import Whole

COUNTERS = {f"identity.{each}" for each in ("rate_limits", "sessions", "api_keys", "audit_entries", "challenges")}
"""Tables that requests may touch whatever becomes of them: limits, last use, the log of sign-ins."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
DIGEST = 'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "{}" AS t'
SOON = "next_at < now() + interval '30 seconds'"
PRESENT = "person_id NOT IN (SELECT person_id FROM erasures)"
UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
WAITING = (
    "SELECT count(*) FROM untold",
    "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')",
    f"SELECT count(*) FROM parked WHERE NOT dead AND {SOON}",
)
OWN_WAITING = {
    "commerce": (
        f"SELECT count(*) FROM invoice_documents WHERE file_key IS NULL AND {SOON}",
        f"SELECT count(*) FROM refunds WHERE state IN ('requested', 'sent') AND {SOON}",
    ),
    "courses": (f"SELECT count(*) FROM enrolments WHERE state = 'confirmed' AND ticket_key IS NULL AND {PRESENT}",),
    "notify": (f"SELECT count(*) FROM messages WHERE state IN ('created', 'sending') AND {SOON}",),
}
"""What the worker is about to do or at, however slow the machine is."""
LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'talkoo-listen-%'"


def records(whole: Whole) -> dict[str, str]:
    """Number and digest of the rows of every table, by service and table."""
    found = {}
    for service, address in whole.suite.wiring.database_urls.items():
        with closing(psycopg2.connect(libpq_url(address))) as connection, connection.cursor() as cursor:
            cursor.execute(TABLES)
            for (table,) in cursor.fetchall():
                if (name := f"{service}.{table}") not in COUNTERS:
                    cursor.execute(DIGEST.format(table))
                    found[name] = str(cursor.fetchone())
    return found


def waiting(whole: Whole) -> list[str]:
    """What is under way: what waits in an outbox, and, unless the worker rests, what it is about to do."""
    queries = dict.fromkeys(whole.suite.wiring.database_urls, (UNSENT,))
    if "worker" in whole.suite.pids:
        queries = {service: (UNSENT, *WAITING, *OWN_WAITING.get(service, ())) for service in queries}
    return [f"{service}: {query}" for service in queries for query in queries[service] if _count(whole, service, query)]


def _count(whole: Whole, service: str, query: str) -> int:
    address = libpq_url(whole.suite.wiring.database_urls[service])
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def settled(whole: Whole, seconds: float = 180) -> dict[str, str]:
    """The records once nothing of what went before is under way any more."""
    end = time.monotonic() + seconds
    before = records(whole)
    while True:
        time.sleep(1.2)  # longer than any sweep
        after = records(whole)
        waits = waiting(whole)
        if after == before and not waits:
            return after
        assert time.monotonic() < end, [*changes(before, after), *waits]
        before = after


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@contextmanager
def worker_held(whole: Whole) -> Iterator[None]:
    """The worker rests: nothing expires, is forgotten, or is looked at once more because its time has come."""
    listeners = _listeners(whole)
    whole.suite.supervisor.hold("worker")
    try:
        yield
    finally:
        whole.suite.supervisor.release("worker")
    wait_until(lambda: _listeners(whole) == listeners or None, 180, "the worker")


def _listeners(whole: Whole) -> int:
    return _count(whole, "notify", LISTENING)
