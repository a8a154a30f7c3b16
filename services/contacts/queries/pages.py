"""Pages of rows: the cursor is made of the row's sort values, the data are the rows as the contract shows them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from chassis.paging import decode_cursor, page
from contracts.base import Page
from contracts.errors import Invalid


def page_of(rows: Sequence[Any], limit: int, key: Callable[[Any], list[Any]], reply: Callable[[Any], Any]) -> Page[Any]:
    """A page of at most `limit` rows (one more was asked for), each shown by `reply`."""
    found = page(list(rows), limit, key)
    return Page[Any](data=[reply(row) for row in found.data], next_cursor=found.next_cursor, has_more=found.has_more)


def position(cursor: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The sort values in a cursor, each read by its kind; None without one. Raises Invalid for a forged cursor."""
    values = decode_cursor(cursor, len(kinds))
    if values is None:
        return None
    try:
        return tuple(kind(str(value)) for kind, value in zip(kinds, values, strict=True))
    except ValueError:
        raise Invalid.field("/cursor", "bad_cursor", "This cursor is not one of ours; start again.") from None


def printed(value: str) -> str:
    """A text that a row can have."""
    if "\0" in value:
        raise ValueError
    return value


def moment(value: str) -> datetime:
    """A time with its zone."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError
    return found
