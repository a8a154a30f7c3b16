"""What a session may sell, and what one person may choose of it (K2, K4)."""

from collections.abc import Sequence
from itertools import combinations
from uuid import UUID

from contracts.courses import SessionItem, SessionItemDetails
from contracts.errors import Invalid


def check_items(items: Sequence[SessionItemDetails]) -> None:
    """Raise Invalid for items that nobody could choose."""
    if not items[0].required:
        raise Invalid.field("/items/0/required", "first_required", "The first item has to be a required one.")
    for number, item in enumerate(items):
        _check_times(item, number)
    required = [(number, item) for number, item in enumerate(items) if item.required]
    for (first, one), (second, other) in combinations(required, 2):
        if overlap(one, other):
            message = f"The items {first + 1} and {second + 1} are both required and overlap in time."
            raise Invalid.field(f"/items/{second}/starts_at", "items_overlap", message)


def _check_times(item: SessionItemDetails, number: int) -> None:
    if (item.starts_at is None) != (item.ends_at is None):
        raise Invalid.field(f"/items/{number}/ends_at", "both_times", "An item has a start and an end, or neither.")
    if item.starts_at and item.ends_at and item.ends_at <= item.starts_at:
        message = f"The item would end at {item.ends_at}, before it starts."
        raise Invalid.field(f"/items/{number}/ends_at", "before_start", message)


def choose(items: Sequence[SessionItem], wanted: Sequence[UUID]) -> tuple[SessionItem, ...]:
    """The required items and the wanted ones, in the session's order; raises Invalid naming what cannot be had."""
    found: list[SessionItem] = []
    for number, wanted_id in enumerate(wanted):
        item = _find(items, wanted_id, number)
        if item in found:
            raise Invalid.field(f"/items/{number}", "repeated_item", f"The item {wanted_id} is named twice.")
        found.append(item)
    chosen = tuple(item for item in items if item.required or item in found)
    for one, other in combinations(chosen, 2):
        if overlap(one, other):
            raise Invalid.field("/items", "items_overlap", f"The items {one.id} and {other.id} overlap in time.")
    return chosen


def _find(items: Sequence[SessionItem], wanted_id: UUID, number: int) -> SessionItem:
    found = [item for item in items if item.id == wanted_id] or [item for item in items if item.product_id == wanted_id]
    if not found:
        raise Invalid.field(f"/items/{number}", "no_such_item", f"There is no item {wanted_id} in this session.")
    if len(found) > 1:
        message = f"Several items are the product {wanted_id}; name one by its own id."
        raise Invalid.field(f"/items/{number}", "several_items", message)
    return found[0]


def overlap(one: SessionItemDetails, other: SessionItemDetails) -> bool:
    """Whether nobody can attend both."""
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return False
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
