"""Numbers, days and times as people write them on the wire.

Python and pydantic read more than people mean: `1_000`, digits of other scripts, the seconds since 1970 in place of a
day, and days so far away that a time zone moves them out of the calendar.
"""

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}.*")
_TIME_OF_DAY = re.compile(r"[0-9]{2}:[0-9]{2}.*")
FIRST_YEAR, LAST_YEAR = 1850, 2199
D = TypeVar("D", bound=date)


def _number(value: object) -> object:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise PydanticCustomError("decimal_parsing", "This is not a number; write it as 1234.50.")
    return value


def _day(value: object) -> object:
    if not _is_written(value, _DAY):
        raise PydanticCustomError("date_type", "This is not a day; write it as 2026-12-31.")
    return value


def _moment(value: object) -> object:
    if not _is_written(value, _MOMENT):
        raise PydanticCustomError("datetime_type", "This is not a time; write it as 2026-12-31T18:00:00+02:00.")
    return value


def _time_of_day(value: object) -> object:
    if not _is_written(value, _TIME_OF_DAY):
        raise PydanticCustomError("time_parsing", "This is not a time of day; write it as 09:30.")
    return value


def _is_written(value: object, form: re.Pattern[str]) -> bool:
    """A text of the form, or no text and no number but an object of Python's own."""
    if isinstance(value, str):
        return form.fullmatch(value) is not None
    return not isinstance(value, int | float | Decimal)


def _near(value: D) -> D:
    """Refuse years that are typing errors; some could not even be stored in every time zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError("year_unlikely", "The year has to be between 1850 and 2199; check it.")
    return value


def _on_the_wall(value: time) -> time:
    """A time of day as a clock on the wall shows it: to the minute, without a zone."""
    if value.tzinfo is not None:
        raise PydanticCustomError("time_with_zone", "Give the time of day without a zone, for example 09:30.")
    return value.replace(second=0, microsecond=0)


PLAIN = BeforeValidator(_number)
"""Comes last in the annotation of a decimal number: a JSON number, or a text of plain digits with a point."""
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_near)]
"""A date, 2026-12-31."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(_near)]
"""A time with its zone, 2026-12-31T18:00:00+02:00."""
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), AfterValidator(_on_the_wall)]
"""A time of day where the association is, to the minute."""
