"""When an event is: days or times, by default one day or one hour, on the clock of the association."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from contracts.errors import FieldError
from services.contacts.rules.calendars import When, when

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2027, 3, 28)
NOON = datetime(2027, 3, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"starts_on": DAY}, When(starts_on=DAY, ends_on=DAY)),
        ({"starts_on": DAY, "ends_on": DAY + timedelta(days=2)}, When(DAY, DAY + timedelta(days=2))),
        ({"starts_at": NOON}, When(starts_at=NOON, ends_at=NOON + timedelta(hours=1))),
        ({"starts_at": NOON, "ends_at": NOON + timedelta(minutes=1)},
         When(starts_at=NOON, ends_at=NOON + timedelta(minutes=1))),
    ],
)  # fmt: skip
def test_A6_days_or_times(given, expected):
    assert when(given) == expected


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({}, "/starts_on", "missing"),
        ({"ends_on": DAY}, "/starts_on", "missing"),
        ({"ends_at": NOON}, "/starts_on", "missing"),
        ({"starts_on": DAY, "starts_at": NOON}, "/starts_at", "one_of"),
        ({"starts_on": DAY, "ends_at": NOON}, "/starts_at", "one_of"),
        ({"starts_on": DAY, "ends_on": DAY - timedelta(days=1)}, "/ends_on", "ends_before_start"),
        ({"starts_at": NOON, "ends_at": NOON}, "/ends_at", "before_start"),
        ({"starts_at": NOON, "ends_at": NOON - timedelta(hours=1)}, "/ends_at", "before_start"),
    ],
)
def test_A6_what_cannot_be_says_where(given, pointer, code):
    found = when(given)
    assert isinstance(found, FieldError)
    assert (found.pointer, found.code) == (pointer, code)


def test_A6_a_change_keeps_what_is_not_given_and_days_replace_times_wholly():
    timed = {"starts_at": NOON, "ends_at": NOON + timedelta(hours=3)}
    later = NOON + timedelta(hours=5)
    assert when({}, timed) == When(**timed)
    assert when({"ends_at": later}, timed) == When(starts_at=NOON, ends_at=later)
    assert when({"starts_on": DAY}, timed) == When(starts_on=DAY, ends_on=DAY)
    days = {"starts_on": DAY, "ends_on": DAY}
    assert when({}, days) == When(**days)
    assert when({"starts_at": NOON}, days) == When(starts_at=NOON, ends_at=NOON + timedelta(hours=1))


def test_A6_the_day_on_which_clocks_change_lasts_23_or_25_hours():
    for day, hours in ((DAY, 23), (date(2027, 10, 31), 25), (date(2027, 6, 1), 24)):
        begins, over = When(starts_on=day, ends_on=day).on_the_clock(HELSINKI)
        assert over.astimezone(UTC) - begins.astimezone(UTC) == timedelta(hours=hours)
