"""When a message that could not be sent is tried again, and when it is given up (GOV.UK Notify's four hours)."""

from datetime import timedelta

WAITS = (2, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 3600, 3600)
"""Seconds before each further attempt; together about four hours. The first is short for facts just being made."""
LEASE = timedelta(minutes=5)
"""How long a worker may take over the messages it claimed before another one takes them up."""
SENDING_TIME = timedelta(minutes=2)
"""A worker begins no message later than this after claiming it, so that a slow server never outlasts the lease."""


def next_wait(attempts: int) -> timedelta | None:
    """How long to wait after `attempts` failed ones; None when it is enough."""
    return timedelta(seconds=WAITS[attempts - 1]) if attempts <= len(WAITS) else None
