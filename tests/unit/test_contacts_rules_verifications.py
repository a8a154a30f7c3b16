"""Ages in months, and which value of the register a message went to (C19)."""

from datetime import date

import pytest

from services.contacts.rules.verifications import months_before, was_used


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 26), 24, date(2024, 11, 26)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 1), 240, date(2006, 1, 1)),
    ],
)
def test_C19_months_are_those_of_the_calendar(day, months, expected):
    assert months_before(day, months) == expected


@pytest.mark.parametrize(
    ("kind", "value", "used", "expected"),
    [
        ("email", "Aino@Example.org", "aino@example.org", True),
        ("email", "aino@näkki.fi", "aino@xn--nkki-loa.fi", True),
        ("email", "aino@example.org", "", False),
        ("email", "aino@example.org", "aino@example.com", False),
        ("phone", "+358401234567", "+358 40 123 4567", True),
        ("phone", "+358401234567", "aino@example.org", False),
        ("address", "Kotikatu 1", "Kotikatu 1", False),
    ],
)
def test_C19_a_message_went_to_the_value_it_is_the_same_as(kind, value, used, expected):
    assert was_used(kind, value, used) is expected
