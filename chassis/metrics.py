"""Prometheus metrics of calls, events, jobs and the outbox; the gateway adds those of requests (gateway.measures)."""

from prometheus_client import Counter, Gauge, Histogram

CALLS = Histogram("talkoo_rpc_seconds", "RPC methods answered", ["service", "method", "outcome"])
EVENTS = Histogram("talkoo_event_seconds", "Events consumed", ["handler", "outcome"])
PUBLISHED = Counter("talkoo_events_published_total", "Events relayed from the outbox", ["service"])
UNROUTABLE = Counter("talkoo_events_unroutable_total", "Events that no queue wanted", ["service"])
DEAD_LETTERS = Counter("talkoo_messages_rejected_total", "Messages sent to a dead-letter queue", ["queue"])
JOB_CHUNKS = Histogram("talkoo_job_chunk_seconds", "Chunks of jobs worked off", ["service", "kind", "outcome"])
UNSENT = Gauge("talkoo_outbox_unsent", "Events waiting in the outbox", ["service"])
OLDEST_UNSENT = Gauge("talkoo_outbox_oldest_seconds", "Age of the oldest event waiting in the outbox", ["service"])
PARKED = Gauge("talkoo_events_parked", "Events put aside: waiting to be tried again, or dead", ["service", "state"])
OPEN_JOBS = Gauge("talkoo_jobs_open", "Jobs queued or running", ["service"])


def observe_call(service: str, method: str, outcome: str, seconds: float) -> None:
    """Count an answered RPC."""
    CALLS.labels(service, method, outcome).observe(seconds)


def observe_event(handler: str, outcome: str, seconds: float) -> None:
    """Count a consumed event."""
    EVENTS.labels(handler, outcome).observe(seconds)
