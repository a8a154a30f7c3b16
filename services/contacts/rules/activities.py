"""What may be recorded as done."""

from datetime import datetime, timedelta

FAST_CLOCK = timedelta(minutes=5)


def is_still_to_come(happened_at: datetime, now: datetime) -> bool:
    """Whether it cannot have been done yet, even if the clock it was read from is a little fast."""
    return happened_at > now + FAST_CLOCK
