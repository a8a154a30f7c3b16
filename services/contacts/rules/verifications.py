"""When a word about a contact point holds (C19)."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from contracts.contacts.contact_points import Outcome, PointKind
from services.contacts.rules.reachability import sendable_email

PROBLEMS: Mapping[PointKind, Outcome] = {
    PointKind.EMAIL: Outcome.BOUNCED,
    PointKind.PHONE: Outcome.BOUNCED,
    PointKind.ADDRESS: Outcome.RETURNED,
}
"""How mail comes back, by what it was sent to."""


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def was_used(kind: str, value: str, address: str) -> bool:
    """Whether the address that a message went to is this value of the register."""
    if kind == PointKind.EMAIL:
        return sendable_email(value).lower() == address.strip().lower()
    return kind == PointKind.PHONE and value == "".join(each for each in address if each in "+0123456789")
