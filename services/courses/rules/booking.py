"""What enrolling knows of a session, and of who wants to attend it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.base import Translated
from contracts.courses import PaymentMethod


@dataclass(frozen=True)
class Bookable:
    """A session that can be booked, as it was when somebody asked for a seat."""

    id: UUID
    name: Translated
    starts_at: datetime
    ends_at: datetime
    place: str
    city: str
    product_id: UUID
    hold_minutes: int
    full: bool
    """No seat was free then, or somebody waited."""


@dataclass(frozen=True)
class Wish:
    """Who wants to attend which session."""

    session: Bookable
    person_id: UUID
    payment: PaymentMethod
    note: str
    by: str


@dataclass(frozen=True)
class Offer:
    """A seat offered to somebody of the waiting list."""

    enrolment_id: UUID
    person_id: UUID
    payment: PaymentMethod
    product_id: UUID
    hold_minutes: int
