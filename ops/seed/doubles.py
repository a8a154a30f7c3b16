"""Persons who are entered a second time, as it happens in an office; it is known of whom they are doubles."""

import random
from collections.abc import Iterator

from ops.duplicates.register import Entry, entered_again
from ops.people import InventedPerson

EVERY = 100
"""Of so many persons, the last may be a double of the one before."""


def with_doubles(
    chance: random.Random, persons: Iterator[InventedPerson]
) -> Iterator[tuple[InventedPerson | Entry, str, int | None]]:
    """The persons, with some doubles: each with its language and the number of whom it doubles, or None."""
    before: InventedPerson | None = None
    for person in persons:
        again = _again(chance, before, person.number) if before and person.number % EVERY == 0 else None
        if again and before:
            yield again, before.language, before.number
        else:
            yield person, person.language, None
        before = person


def _again(chance: random.Random, person: InventedPerson, number: int) -> Entry | None:
    first = Entry(
        number, person.number, person.given_name, person.family_name, person.birth_date, person.email, person.phone,
        person.street, person.postal_code, person.city,
    )  # fmt: skip
    return entered_again(chance, first, first)
