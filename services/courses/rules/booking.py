"""What enrolling knows of a session, and of who wants to attend it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis import local_forms
from contracts.base import Language, Translated
from contracts.courses import PaymentMethod

NAME_SHOWN = 150
"""Letters of a course's name on the line of an order."""


def seat_words(name: Translated, starts_on: date) -> Translated:
    """What the line of an order says about a seat: the course and its day."""
    return Translated(
        **{
            language: f"{name.in_language(language)[:NAME_SHOWN]}, {local_forms.day(starts_on, language)}"
            for language in Language
        }
    )


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
    name: Translated
    starts_at: datetime
