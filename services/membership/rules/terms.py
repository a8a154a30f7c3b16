"""Terms of a membership: how long what is paid for lasts (M1). All dates are inclusive."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.membership import PeriodRule

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Term:
    """From `starts_on` to `ends_on`, both included; without end for a lifetime."""

    starts_on: date
    ends_on: date | None


def first_term(rule: PeriodRule, starts_on: date) -> Term:
    """The term a new member pays first: the rest of the calendar year, a year from that day, or for life."""
    if rule is PeriodRule.LIFETIME:
        return Term(starts_on, None)
    if rule is PeriodRule.CALENDAR_YEAR:
        return Term(starts_on, date(starts_on.year, 12, 31))
    return Term(starts_on, _years_after(starts_on, 1) - ONE_DAY)


def next_term(rule: PeriodRule, joined_on: date, last: Term) -> Term | None:
    """The term that follows `last` without a gap; None for a lifetime.

    A rolling year keeps the day of joining: somebody who joined on 29 February renews on 1 March, or on
    29 February in leap years.
    """
    if last.ends_on is None:
        return None
    starts_on = last.ends_on + ONE_DAY
    if rule is PeriodRule.LIFETIME:
        return Term(starts_on, None)
    if rule is PeriodRule.CALENDAR_YEAR:
        return Term(starts_on, date(starts_on.year, 12, 31))
    years = starts_on.year - joined_on.year + 1
    return Term(starts_on, _years_after(joined_on, years) - ONE_DAY)


def _years_after(day: date, years: int) -> date:
    """The same day `years` later; 1 March for 29 February in a year without it."""
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return day.replace(year=year)
