"""What enrolling knows of a session, and of who wants to attend it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis import local_forms
from contracts.base import Language, Translated
from contracts.courses import PaymentMethod, SessionItem

NAME_SHOWN = 80
"""Letters of a name on the line of an order."""


def seat_words(course: Translated, starts_on: date, item: Translated | None = None) -> Translated:
    """What the line of an order says about a seat: the item's own name, the course and its day."""
    return Translated(
        **{
            language: f"{_names(language, item, course)}, {local_forms.day(starts_on, language)}"
            for language in Language
        }
    )


def _names(language: Language, *names: Translated | None) -> str:
    return ", ".join(name.in_language(language)[:NAME_SHOWN] for name in names if name)


@dataclass(frozen=True)
class Bookable:
    """A session that can be booked, as it was when somebody asked for a seat."""

    id: UUID
    name: Translated
    starts_at: datetime
    ends_at: datetime
    place: str
    city: str
    items: tuple[SessionItem, ...]
    hold_minutes: int
    full: bool
    """No seat was free then, or somebody waited."""


@dataclass(frozen=True)
class Wish:
    """Who wants to attend which session, and what of it."""

    session: Bookable
    person_id: UUID
    items: tuple[SessionItem, ...]
    payment: PaymentMethod
    note: str
    by: str


@dataclass(frozen=True)
class Offer:
    """A seat offered to somebody of the waiting list."""

    enrolment_id: UUID
    person_id: UUID
    payment: PaymentMethod
    items: tuple[SessionItem, ...]
    hold_minutes: int
    name: Translated
    starts_at: datetime
