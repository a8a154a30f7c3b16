"""On which days a series of events begins, and when its events are by the clock on the wall (A6)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.contacts.calendars import MOST_REPEATS, Every, Repeats
from contracts.errors import FieldError
from contracts.values import LAST_YEAR
from services.contacts.rules.calendars import When
from services.contacts.rules.repeating import Shape, days_of, first_day

HELSINKI = ZoneInfo("Europe/Helsinki")
DAYS = {Every.DAY: timedelta(1), Every.WEEK: timedelta(7), Every.YEAR: timedelta(366)} | dict.fromkeys(
    (Every.MONTH, Every.WEEKDAY_OF_MONTH), timedelta(31)
)
"""At the most."""


def days(first, **repeats):
    return [f"{day:%-d.%-m.%y}" for day in days_of(first, Repeats(**repeats))]


@pytest.mark.parametrize(
    ("first", "repeats", "expected"),
    [
        (date(2027, 3, 1), {"every": "day", "times": 3}, ["1.3.27", "2.3.27", "3.3.27"]),
        (date(2027, 3, 1), {"every": "week", "interval": 2, "until": date(2027, 3, 20)}, ["1.3.27", "15.3.27"]),
        (date(2027, 1, 31), {"every": "month", "times": 4}, ["31.1.27", "28.2.27", "31.3.27", "30.4.27"]),
        (date(2027, 11, 30), {"every": "month", "interval": 3, "times": 3}, ["30.11.27", "29.2.28", "30.5.28"]),
        (date(2027, 3, 9), {"every": "weekday_of_month", "times": 3}, ["9.3.27", "13.4.27", "11.5.27"]),
        (date(2027, 3, 31), {"every": "weekday_of_month", "times": 3}, ["31.3.27", "28.4.27", "26.5.27"]),
        (date(2028, 2, 29), {"every": "year", "times": 3}, ["29.2.28", "28.2.29", "28.2.30"]),
        (date(2027, 3, 1), {"every": "year", "until": date(2027, 3, 1)}, ["1.3.27"]),
    ],
)  # fmt: skip
def test_A6_days_on_which_it_comes_again(first, repeats, expected):
    assert days(first, **repeats) == expected


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from(Every),
    st.integers(1, 99),
    st.integers(1, MOST_REPEATS),
)
def test_A6_days_go_forward_and_a_month_or_a_year_has_one_each(first, every, interval, times):
    found = days_of(first, Repeats(every=every, interval=interval, times=times))
    if isinstance(found, FieldError):
        assert (found.pointer, found.code) == ("/repeats/times", "year_unlikely")
        assert first.year + DAYS[every].days * interval * times / 365 >= LAST_YEAR
        return
    assert found[0] == first
    assert len(found) == times
    assert found == sorted(set(found))
    if every in {Every.MONTH, Every.WEEKDAY_OF_MONTH, Every.YEAR}:
        step = interval * (12 if every is Every.YEAR else 1)
        months = [each.year * 12 + each.month for each in found]
        assert [each - months[0] for each in months] == [step * number for number in range(times)]
    if every is Every.WEEKDAY_OF_MONTH:
        assert {each.weekday() for each in found} == {first.weekday()}


@pytest.mark.parametrize(
    ("repeats", "code"),
    [
        ({"every": "day"}, "series_end"),
        ({"every": "day", "times": 2, "until": date(2027, 4, 1)}, "series_end"),
        ({"every": "day", "until": date(2027, 2, 28)}, "ends_before_start"),
        ({"every": "day", "until": date(2027, 9, 17)}, "series_too_long"),
    ],
)
def test_A6_a_series_says_when_it_ends_and_is_not_endless(repeats, code):
    found = days_of(date(2027, 3, 1), Repeats(**repeats))
    assert isinstance(found, FieldError)
    assert (found.pointer, found.code) == ("/repeats/until", code)


def test_A6_as_many_as_there_may_be():
    assert len(days_of(date(2027, 3, 1), Repeats(every="day", until=date(2027, 9, 16)))) == MOST_REPEATS


@pytest.mark.parametrize("wrong", [{"interval": 0}, {"interval": 100}, {"times": 0}, {"times": MOST_REPEATS + 1}])
def test_A6_bounds_of_a_series(wrong):
    with pytest.raises(ValidationError):
        Repeats(**{"every": "day", "times": 1} | wrong)


def test_A6_times_stay_on_the_wall_when_clocks_change():
    evening = When(starts_at=datetime(2027, 3, 22, 16, tzinfo=UTC), ends_at=datetime(2027, 3, 22, 17, 30, tzinfo=UTC))
    shape = Shape.of(evening, HELSINKI)
    after = shape.on(date(2027, 3, 29), HELSINKI)
    assert after == When(
        starts_at=datetime(2027, 3, 29, 15, tzinfo=UTC), ends_at=datetime(2027, 3, 29, 16, 30, tzinfo=UTC)
    )
    assert first_day(after, HELSINKI) == date(2027, 3, 29)


def test_A6_an_event_in_the_hour_that_clocks_skip_is_an_hour_later_and_keeps_its_length():
    night = When(starts_at=datetime(2027, 3, 21, 1, 30, tzinfo=UTC), ends_at=datetime(2027, 3, 21, 2, 15, tzinfo=UTC))
    skipped = Shape.of(night, HELSINKI).on(date(2027, 3, 28), HELSINKI)
    assert skipped.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert skipped.ends_at - skipped.starts_at == timedelta(minutes=45)


def test_A6_whole_days_keep_their_number():
    camp = When(starts_on=date(2027, 7, 1), ends_on=date(2027, 7, 3))
    assert Shape.of(camp, HELSINKI).on(date(2028, 2, 28), HELSINKI) == When(date(2028, 2, 28), date(2028, 3, 1))
