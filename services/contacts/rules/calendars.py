"""When an event is: whole days, or times."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.errors import FieldError

DAYS: Final = ("starts_on", "ends_on")
TIMES: Final = ("starts_at", "ends_at")
AN_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class When:
    """Days or times, the other pair is None."""

    starts_on: date | None = None
    ends_on: date | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    def on_the_clock(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and when it is over; whole days last from midnight to midnight in `zone`."""
        if self.starts_on and self.ends_on:
            last = self.ends_on + timedelta(days=1)
            return datetime.combine(self.starts_on, time(), zone), datetime.combine(last, time(), zone)
        assert self.starts_at
        assert self.ends_at
        return self.starts_at, self.ends_at


def when(given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> When | FieldError:
    """What the given days or times mean, on top of those before; or what is wrong with them."""
    named = {name for name in (*DAYS, *TIMES) if given.get(name) is not None}
    if named & set(DAYS) and named & set(TIMES):
        return FieldError(pointer="/starts_at", code="one_of", message="Give days or times, not both.")
    old = before or {}
    if named & set(DAYS) or (not named and old.get("starts_on")):
        return _days(*(given.get(name) or old.get(name) for name in DAYS))
    return _times(*(given.get(name) or old.get(name) for name in TIMES))


def _days(first: date | None, last: date | None) -> When | FieldError:
    if first is None:
        return FieldError(pointer="/starts_on", code="missing", message="Give the day on which it starts.")
    if last is not None and last < first:
        return FieldError(pointer="/ends_on", code="ends_before_start", message="The last day lies before the first.")
    return When(starts_on=first, ends_on=last or first)


def _times(starts: datetime | None, ends: datetime | None) -> When | FieldError:
    if starts is None:
        return FieldError(pointer="/starts_on", code="missing", message="Give the day or the time at which it starts.")
    if ends is not None and ends <= starts:
        return FieldError(pointer="/ends_at", code="before_start", message="This ends before it begins.")
    return When(starts_at=starts, ends_at=ends or starts + AN_HOUR)
