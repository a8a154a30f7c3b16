"""A day and a time of day, typed in two fields, as a moment where the association is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.errors import FieldError, Invalid
from gateway.local_input import NotUnderstood
from gateway.local_today import moment
from gateway.submitted import day, time_of_day


def typed_moment(values: Mapping[str, Any], day_name: str, time_name: str) -> datetime | None:
    """The moment of the two fields, None when the day is empty; raises Invalid at the field that is wrong."""
    given = {day_name: values[day_name], time_name: values[time_name]}
    day(given, day_name)
    time_of_day(given, time_name)
    if given[day_name] is None:
        return None
    if given[time_name] is None:
        raise _wrong(time_name, "missing", "")
    try:
        return moment(given[day_name], given[time_name])
    except NotUnderstood as error:
        raise _wrong(time_name, "time_skipped", str(error)) from None


def _wrong(name: str, code: str, message: str) -> Invalid:
    return Invalid("not understood", errors=[FieldError(pointer=f"/{name}", code=code, message=message)])
