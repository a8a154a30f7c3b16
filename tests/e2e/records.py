"""What all databases of a running suite hold, in short: to see that something has changed nothing."""

from __future__ import annotations

import time
from typing import Any

import psycopg2
from sqlalchemy.engine import make_url

from tests.whole_suite import Whole

COUNTERS = {"rate_limits", "sessions", "api_keys", "audit_entries", "challenges"}
"""Tables that requests may touch whatever becomes of them: limits, last use, the log of sign-ins."""
SWEPT = {"payments"}
"""Tables whose rows a sweeper touches from time to time; only their number counts."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
DIGEST = 'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM "{}" AS t'
COUNT = 'SELECT count(*) FROM "{}"'
SOON = "next_at < now() + interval '30 seconds'"
WAITING = {
    "commerce": f"SELECT count(*) FROM invoice_documents WHERE file_key IS NULL AND {SOON}",
    "notify": f"SELECT count(*) FROM messages WHERE state IN ('created', 'sending') AND {SOON}",
}
"""What the worker is about to do, however slow the machine is."""
UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


def records(whole: Whole) -> dict[str, str]:
    """Number and digest of the rows of every table, by service and table."""
    found = {}
    for service, address in whole.suite.wiring.database_urls.items():
        url = make_url(address)
        connection = psycopg2.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database
        )
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            for (table,) in cursor.fetchall():
                if table not in COUNTERS:
                    cursor.execute((COUNT if table in SWEPT else DIGEST).format(table))
                    found[f"{service}.{table}"] = str(cursor.fetchone())
            found[f"{service} waits"] = str(_waiting(cursor, service))
        connection.close()
    return found


def _waiting(cursor: Any, service: str) -> int:
    count = 0
    for query in (UNSENT, WAITING.get(service, UNSENT)):
        cursor.execute(query)
        count += cursor.fetchone()[0]
    return count


def settled(whole: Whole, seconds: float = 60) -> dict[str, str]:
    """The records once nothing of what went before is under way any more."""
    end = time.monotonic() + seconds
    before = records(whole)
    while True:
        time.sleep(1.2)  # longer than any sweep
        after = records(whole)
        waits = [name for name, count in after.items() if name.endswith(" waits") and count != "0"]
        if after == before and not waits:
            return after
        assert time.monotonic() < end, [*changes(before, after), *waits]
        before = after


def changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
