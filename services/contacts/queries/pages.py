"""Pages of rows: the cursor is made of the row's sort values, the data are the rows as the contract shows them."""

from collections.abc import Callable, Sequence
from typing import Any

from chassis.paging import page
from contracts.base import Page


def page_of(rows: Sequence[Any], limit: int, key: Callable[[Any], list[Any]], reply: Callable[[Any], Any]) -> Page[Any]:
    """A page of at most `limit` rows (one more was asked for), each shown by `reply`."""
    found = page(list(rows), limit, key)
    return Page[Any](data=[reply(row) for row in found.data], next_cursor=found.next_cursor, has_more=found.has_more)
