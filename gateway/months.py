"""A month as the weeks of a calendar, with what is on its days."""

import re
from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names
from flask_babel import get_locale

from chassis import clock
from chassis.settings import settings
from contracts.errors import Invalid

MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class Placed(Protocol):
    """Something that begins at a time."""

    @property
    def at(self) -> datetime:
        """In the association's time zone."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a month's weeks, with what begins on it; days of other months only fill the week."""

    on: date
    inside: bool
    rows: tuple[Placed, ...] = ()

    @property
    def is_today(self) -> bool:
        """Whether it is the day that it is now, where the association is."""
        return self.on == clock.today()


@dataclass(frozen=True, slots=True)
class Month:
    """A month, from its first day."""

    first: date

    @property
    def name(self) -> str:
        """`tammikuu 2027`."""
        return format_date(self.first, "LLLL y", locale=get_locale())

    @property
    def code(self) -> str:
        """As addresses name it: `2027-01`."""
        return f"{self.first:%Y-%m}"

    @property
    def is_this(self) -> bool:
        """Whether today is in it."""
        return self.first == clock.today().replace(day=1)

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def preceding(self) -> "Month":
        """The month before it."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def starts_at(self) -> datetime:
        """When it begins, in the association's time zone."""
        zone = ZoneInfo(settings().talkoo_time_zone)
        return datetime(self.first.year, self.first.month, 1, tzinfo=zone)

    def weeks(self, rows: Iterable[Placed]) -> list[list[Day]]:
        """Its weeks from Monday, with the rows on their days."""
        by_day: dict[date, list[Placed]] = defaultdict(list)
        for row in rows:
            by_day[row.at.date()].append(row)
        weeks = Calendar().monthdatescalendar(self.first.year, self.first.month)
        return [[Day(on, on.month == self.first.month, tuple(by_day[on])) for on in week] for week in weeks]


def month_of(code: str) -> Month:
    """The month of an address, this one when it is empty; raises Invalid."""
    if not code:
        return Month(clock.today().replace(day=1))
    found = MONTH.fullmatch(code)
    if found is None:
        raise Invalid.field("/month", "bad_month", f"{code[:20]} is not a month; write it as 2027-01.")
    return Month(date(int(found[1]), int(found[2]), 1))


def weekday_names() -> list[tuple[str, str]]:
    """Short and long names of the days, from Monday."""
    short, long = (get_day_names(width, locale=get_locale()) for width in ("abbreviated", "wide"))
    return [(short[number], long[number]) for number in range(7)]
