"""On which days an event comes again, and how a series is moved (A6)."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from contracts.contacts.calendars import MOST_REPEATS, Every, Repeats
from contracts.errors import FieldError
from contracts.values import LAST_YEAR
from services.contacts.rules.calendars import When


def days_of(first: date, repeats: Repeats) -> list[date] | FieldError:
    """The days on which a series that begins on `first` begins; or what is wrong with the request."""
    if (repeats.until is None) == (repeats.times is None):
        return _wrong("series_end", "Say until which day, or how many times.")
    if repeats.until and repeats.until < first:
        return _wrong("ends_before_start", "The last day lies before the first.")
    within = takewhile(lambda day: repeats.until is None or day <= repeats.until, _days(first, repeats))
    found = list(islice(within, repeats.times or MOST_REPEATS + 1))
    if len(found) > MOST_REPEATS:
        return _wrong("series_too_long", f"This would be more than {MOST_REPEATS} events. Let it end earlier.")
    if repeats.times and len(found) < repeats.times:
        return _wrong("year_unlikely", f"The series would end after the year {LAST_YEAR}.", "times")
    return found


def _wrong(code: str, message: str, field: str = "until") -> FieldError:
    return FieldError(pointer=f"/repeats/{field}", code=code, message=message)


def _days(first: date, repeats: Repeats) -> Iterator[date]:
    later = AFTER[repeats.every]
    return takewhile(lambda day: day.year <= LAST_YEAR, (later(first, number) for number in count(0, repeats.interval)))


def _months_later(first: date, months: int) -> date:
    """The same day of the month; its last day where it has fewer."""
    year, month = _month(first, months)
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def _weekday_months_later(first: date, months: int) -> date:
    """The same weekday of the month: the second Tuesday; the last where there is no fifth."""
    year, month = _month(first, months)
    begins, days = monthrange(year, month)
    day = 1 + (first.weekday() - begins) % 7 + 7 * ((first.day - 1) // 7)
    return date(year, month, day if day <= days else day - 7)


def _month(first: date, months: int) -> tuple[int, int]:
    years, month = divmod(first.month - 1 + months, 12)
    return first.year + years, month + 1


AFTER: Final[dict[Every, Callable[[date, int], date]]] = {
    Every.DAY: lambda first, number: first + timedelta(days=number),
    Every.WEEK: lambda first, number: first + timedelta(weeks=number),
    Every.MONTH: _months_later,
    Every.WEEKDAY_OF_MONTH: _weekday_months_later,
    Every.YEAR: lambda first, number: _months_later(first, 12 * number),
}


@dataclass(frozen=True)
class Shape:
    """When an event is, but for the day on which it begins: whole days, or from one time on the clock to another."""

    days: int
    """Until the day on which it ends."""
    begins: time | None = None
    ends: time | None = None
    lasts: timedelta = timedelta()

    @classmethod
    def of(cls, when: When, zone: ZoneInfo) -> "Shape":
        """The shape of an event."""
        if when.starts_on and when.ends_on:
            return cls((when.ends_on - when.starts_on).days)
        assert when.starts_at
        assert when.ends_at
        starts, ends = when.starts_at.astimezone(zone), when.ends_at.astimezone(zone)
        return cls((ends.date() - starts.date()).days, starts.time(), ends.time(), when.ends_at - when.starts_at)

    def on(self, day: date, zone: ZoneInfo) -> When:
        """The event that begins on this day, at the same time by the clock on the wall."""
        last = day + timedelta(days=self.days)
        if self.begins is None or self.ends is None:
            return When(starts_on=day, ends_on=last)
        starts, ends = (_moment(each, at, zone) for each, at in ((day, self.begins), (last, self.ends)))
        return When(starts_at=starts, ends_at=ends if ends > starts else starts + self.lasts)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The time on the wall as a moment; one that clocks skip comes an hour later."""
    return datetime.combine(day, at, zone).astimezone(ZoneInfo("UTC"))


def first_day(when: When, zone: ZoneInfo) -> date:
    """The day on which it begins."""
    if when.starts_on:
        return when.starts_on
    assert when.starts_at
    return when.starts_at.astimezone(zone).date()
