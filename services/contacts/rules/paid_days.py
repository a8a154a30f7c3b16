"""On which days a membership is paid for, and on which it is in grace, from its paid terms.

The same as membership's own rule says day by day: a term once paid counts wholly, and benefits go on for the days of
grace after the last day of the latest term that has begun.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)


class Days(NamedTuple):
    """From a day to the day before another; for ever when that is None."""

    start: date
    end: date | None


def paid_days(terms: Sequence[tuple[date, date | None]]) -> list[Days]:
    """The days paid for, of terms from a first to a last day."""
    return [Days(first, last + DAY if last else None) for first, last in terms]


def grace_days(terms: Sequence[tuple[date, date | None]], days: int) -> list[Days]:
    """The days of grace after each term; those that are paid for too are active all the same."""
    return [Days(last + DAY, last + DAY + timedelta(days=days)) for _first, last in terms if last and days]


def as_text(days: Sequence[Days]) -> str:
    """As PostgreSQL reads several ranges of days."""
    return "{" + ",".join(f"[{each.start},{each.end or ''})" for each in days) + "}"
