"""What waits in the tables that every service has: events to relay, events put aside, jobs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from chassis import metrics

EVERY = 15.0
"""Seconds between two looks of the worker for Prometheus."""
LOOK = text("""
    SELECT o.unsent, o.oldest, p.parked, p.dead, j.jobs_open
      FROM (SELECT count(*) AS unsent, min(created_at) AS oldest FROM outbox WHERE sent_at IS NULL) AS o,
           (SELECT count(*) FILTER (WHERE NOT dead) AS parked, count(*) FILTER (WHERE dead) AS dead FROM parked) AS p,
           (SELECT count(*) AS jobs_open FROM jobs WHERE state IN ('queued', 'running')) AS j""")


@dataclass(frozen=True)
class Waiting:
    """Counts; `oldest_seconds` is how long the oldest unsent event has waited."""

    unsent: int
    oldest_seconds: float
    parked: int
    dead: int
    jobs_open: int


def look(connection: Connection, now: datetime) -> Waiting:
    """Count what waits; small indexes only."""
    row = connection.execute(LOOK).one()
    oldest_seconds = max((now - row.oldest).total_seconds(), 0.0) if row.oldest else 0.0
    return Waiting(row.unsent, oldest_seconds, row.parked, row.dead, row.jobs_open)


def tell(service: str, waiting: Waiting) -> None:
    """Set the service's gauges."""
    metrics.UNSENT.labels(service).set(waiting.unsent)
    metrics.OLDEST_UNSENT.labels(service).set(waiting.oldest_seconds)
    metrics.PARKED.labels(service, "waiting").set(waiting.parked)
    metrics.PARKED.labels(service, "dead").set(waiting.dead)
    metrics.OPEN_JOBS.labels(service).set(waiting.jobs_open)
