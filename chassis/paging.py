"""Keyset pagination: a cursor is the last row's sort values, opaque to callers."""

import base64
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import orjson

from contracts.base import Page
from contracts.errors import Invalid

Item = TypeVar("Item")


def encode_cursor(values: list[Any]) -> str:
    """Sort values of the last row as a cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def decode_cursor(cursor: str | None, length: int = 1) -> list[Any] | None:
    """The sort values in a cursor, or None without one; raises Invalid when it was not made by `encode_cursor`."""
    if cursor is None:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != length or not all(map(_is_sort_value, values)):
        raise _bad_cursor()
    return values


def _is_sort_value(value: Any) -> bool:
    """Text that PostgreSQL can hold, or a whole number; dates, times and ids travel as text."""
    if isinstance(value, str):
        return "\0" not in value
    return type(value) is int and abs(value) < 2**63


def _bad_cursor() -> Invalid:
    return Invalid.field("/cursor", "bad_cursor", "This cursor is not one of ours; start at the first page.")


def page(rows: list[Item], limit: int, key: Callable[[Item], list[Any]]) -> Page[Item]:
    """A page of at most `limit` of the rows (one more was asked for, to know whether there is more)."""
    more = len(rows) > limit
    shown = rows[:limit]
    return Page[Any](data=shown, next_cursor=encode_cursor(key(shown[-1])) if more else None, has_more=more)


def cursor_id(cursor: str | None) -> UUID | None:
    """The id in a cursor of a list that is sorted by id alone; raises Invalid like `decode_cursor`."""
    values = decode_cursor(cursor)
    if values is None:
        return None
    try:
        return UUID(str(values[0]))
    except ValueError:
        raise _bad_cursor() from None


def cursor_number(cursor: str | None) -> int | None:
    """The number in a cursor of a list that is sorted by number alone; raises Invalid like `decode_cursor`."""
    values = decode_cursor(cursor)
    if values is None:
        return None
    if not isinstance(values[0], int):
        raise _bad_cursor()
    return values[0]
