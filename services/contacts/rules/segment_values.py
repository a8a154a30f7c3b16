"""Values that segment filters compare with, by the kind of the field (C10)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.values import FIRST_YEAR, LAST_YEAR
from services.contacts.rules.reachability import PUNCTUATION, normal_phone
from services.contacts.rules.segment_fields import EMPTINESS, Kind

MAX_VALUES = 1_000
MAX_VALUE_LENGTH = 200
FURTHEST = 36_500
MAX_DIGITS = 28
TOO_LARGE = 10**15
WRITTEN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,27})?")
PHONES = frozenset({"phone", "fax", "other_phone", "affiliation.phone", "past_affiliation.phone"})
HOME_CODE = "+358"
WHOLE = frozenset({"eq", "ne", "in"})
FROM_TODAY = re.compile(r"today(?:([+-])([0-9]{1,5}))?")


class BadValue(ValueError):
    """Something wrong with a value that has its own code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class FromToday:
    """A day counted from the day on which the segment is used."""

    days: int

    def on(self, today: date) -> date:
        """The day that is meant."""
        return today + timedelta(days=self.days)


def on_day(value: Any, today: date) -> Any:
    """The value with days counted from today."""
    if isinstance(value, tuple):
        return tuple(on_day(each, today) for each in value)
    return value.on(today) if isinstance(value, FromToday) else value


def as_stored(field: str, kind: Kind, op: str, value: Any) -> Any:
    """Texts as the register holds them: letters composed, codes in lower case, telephone numbers with their country."""
    if isinstance(value, tuple):
        return tuple(as_stored(field, kind, op, each) for each in value)
    if not isinstance(value, str):
        return value
    if field in PHONES:
        return _number_typed(value) if op in WHOLE or kind is Kind.MANY else _digits_typed(value, op)
    composed = unicodedata.normalize("NFC", value)
    return composed.lower() if kind is Kind.MANY else composed


def _number_typed(text: str) -> str:
    try:
        return normal_phone(text)
    except ValueError:
        return text.translate(PUNCTUATION)


def _digits_typed(text: str, op: str) -> str:
    """Part of a number; a leading 0 or 00 is how numbers are typed, not stored. Signs alone are in no number."""
    bare = text.translate(PUNCTUATION) or text
    if op == "starts":
        return re.sub("^0", HOME_CODE, re.sub("^00", "+", bare))
    return bare.lstrip("0") or bare


def value_of(kind: Kind, op: str, value: Any) -> Any:
    """The value as its kind; raises BadValue, ValueError or TypeError."""
    if op in EMPTINESS:
        return None
    if op == "in":
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise BadValue("not_a_list", f"`in` takes a list of at most {MAX_VALUES} values.")
        return tuple(_single(kind, each) for each in value)
    return _single(kind, value)


def _single(kind: Kind, value: Any) -> Any:
    if kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise BadValue("not_yes_or_no", "This must be true or false.")
        return value
    if kind is Kind.NUMBER:
        return _number(value)
    if not isinstance(value, str) or len(value) > MAX_VALUE_LENGTH or "\0" in value:
        raise BadValue("not_text", f"This must be a text of at most {MAX_VALUE_LENGTH} characters.")
    if kind is Kind.DATE:
        return _day(value)
    if kind is Kind.ID:
        return _id(value)
    return _time(value) if kind is Kind.TIME else value


def _number(value: Any) -> Decimal:
    """A number of JSON, or one as text, which keeps all its decimals."""
    readable = isinstance(value, int | float) or (isinstance(value, str) and WRITTEN_NUMBER.fullmatch(value))
    number = Decimal(str(value)) if readable and not isinstance(value, bool) else Decimal("NaN")
    if not number.is_finite() or abs(number) >= TOO_LARGE or len(number.as_tuple().digits) > MAX_DIGITS:
        raise BadValue("not_a_number", "This must be a number.")
    return number


def _time(value: str) -> date | FromToday | datetime:
    """A moment, or a whole day."""
    is_day = FROM_TODAY.fullmatch(value) or len(value) <= len("2026-01-31")
    return _day(value) if is_day else _moment(value)


def _day(value: str) -> date | FromToday:
    counted = FROM_TODAY.fullmatch(value)
    if counted is None:
        found = _read_day(value)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise BadValue("year_unlikely", f"The year has to be between {FIRST_YEAR} and {LAST_YEAR}.")
        return found
    days = int(counted[2] or 0) * (-1 if counted[1] == "-" else 1)
    if abs(days) > FURTHEST:
        raise BadValue("too_far", f"Count at most {FURTHEST} days from today.")
    return FromToday(days)


def _read_day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue("not_a_date", "This is not a day; write it as 2026-12-31, or as today-30.") from None


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise BadValue("uuid_parsing", "This is not an id.") from None


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadValue("datetime_parsing", "This is not a time; write it as 2026-01-31T12:00:00Z.") from None
    if moment.tzinfo is None:
        raise BadValue("timezone_aware", "Give the time with its zone, such as 2026-01-31T12:00:00Z.")
    return moment
