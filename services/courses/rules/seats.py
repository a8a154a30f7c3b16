"""How long a seat is kept, and what becomes of money when it is given back (K2)."""

from datetime import datetime, timedelta

from contracts.courses import EnrolmentState, PaymentMethod

LIVE = (EnrolmentState.HELD, EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.CONFIRMED)
"""States of an enrolment that still means something; one such per person and session."""
SEATED = (EnrolmentState.HELD, EnrolmentState.OFFERED, EnrolmentState.CONFIRMED)
"""States that take a seat."""


def held_until(now: datetime, hold_minutes: int, payment: PaymentMethod) -> datetime | None:
    """Until when a seat waits for its payment; an invoice is sent at once, such a seat does not expire."""
    return None if payment is PaymentMethod.INVOICE else now + timedelta(minutes=hold_minutes)


def offered_until(now: datetime, offer_hours: int, starts_at: datetime) -> datetime:
    """Until when an offer stands: some hours, but not longer than until the session starts."""
    return min(now + timedelta(hours=offer_hours), starts_at)


def refund_due(state: EnrolmentState, now: datetime, starts_at: datetime, *, ordered: bool) -> bool:
    """Whether what was paid is given back: for a confirmed seat, wholly, until the session starts."""
    return ordered and state is EnrolmentState.CONFIRMED and now < starts_at
