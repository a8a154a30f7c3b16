"""How numbers, days and times of a request are read: as people write them, and nothing else."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.ids import new_id
from chassis.validation import read_request
from contracts.base import Amount, ById, Data, NonNegativeAmount, PositiveAmount
from contracts.contacts.consents import SetConsent
from contracts.contacts.fields import ListFields
from contracts.contacts.persons import Person, UpdatePerson
from contracts.errors import Invalid
from contracts.values import Day, Moment, TimeOfDay
from services.contacts.rules import cells

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def refused(kind, value):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    return caught.value.errors()[0]["type"]


NO_NUMBERS = [
    "1_000", "12".translate(ARABIC), "12".translate(WIDE), "1e2", "1E+2", " 12", "12 ", "0x1", ".5", "5.", "1,5",
    "1.2.3", "", "NaN", "Infinity", "--1",
]  # fmt: skip
NO_DAYS = [
    0, 20261125, 1.5, True, "86400", "20261125", "2026-11-25T00:00:00", "2026-W05-1", "26-1-1", "25.11.2026",
    " 2026-11-25", "", "2026-11-25".translate(ARABIC),
]  # fmt: skip
NO_TIMES = [0, 20261125, True, "20261125", "2026-11-25", "1770000000", "2026-11-25T10:00Z".translate(ARABIC)]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_number_is_plain_digits(text):
    assert refused(Amount, text) == "decimal_parsing"
    assert refused(PositiveAmount, text) == "decimal_parsing"
    assert refused(NonNegativeAmount, text) == "decimal_parsing"


def test_numbers_are_read_and_keep_their_limits():
    read = TypeAdapter(Amount).validate_python
    assert [read(value) for value in ("12.50", 12, 12.5, Decimal("0.10"))] == [
        Decimal("12.50"),
        12,
        12.5,
        Decimal("0.10"),
    ]
    assert refused(Amount, "0.001") == "decimal_max_places"
    assert refused(Amount, "1" * 13) in {"decimal_max_digits", "decimal_whole_digits"}
    assert refused(PositiveAmount, "-0.01") == "greater_than"
    assert refused(Amount, float("nan")) in {"finite_number", "decimal_parsing"}
    assert refused(Amount, True) == "decimal_type"


@pytest.mark.parametrize("value", NO_DAYS)
def test_a_day_is_written_as_one(value):
    assert refused(Day, value) == "date_type"


@pytest.mark.parametrize("value", NO_TIMES)
def test_a_time_is_written_as_one(value):
    assert refused(Moment, value) == "datetime_type"


@pytest.mark.parametrize("text", ["2026-02-30", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00"])
def test_days_that_do_not_exist_are_refused(text):
    assert refused(Day, text).startswith("date_from_datetime")
    assert refused(Moment, f"{text}T10:00:00Z").startswith("datetime_")


@pytest.mark.parametrize("year", ["0001", "1849", "2200", "9999"])
def test_years_far_away_are_refused(year):
    """A zone moves them out of the calendar, and the row that holds them could not be read again."""
    assert refused(Day, f"{year}-12-31") == refused(Moment, f"{year}-12-31T23:59:59-05:00") == "year_unlikely"


def test_days_and_times_are_read():
    assert TypeAdapter(Day).validate_python("2026-11-25") == date(2026, 11, 25)
    assert TypeAdapter(Day).validate_python(date(1850, 1, 1)) == date(1850, 1, 1)
    assert TypeAdapter(Moment).validate_python("2026-11-25T10:00:00Z") == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert refused(Moment, "2026-11-25T10:00:00") == "timezone_aware"


@pytest.mark.parametrize(
    "value", [0, 34200, 9.5, True, "34200", "9", "9.30", "9:30", "0930", "09:30".translate(ARABIC), ""]
)
def test_a_time_of_day_is_written_as_one(value):
    assert refused(TimeOfDay, value) == "time_parsing"


def test_a_time_of_day_is_read_to_the_minute_and_exists():
    assert TypeAdapter(TimeOfDay).validate_python("09:30:59") == time(9, 30)
    assert refused(TimeOfDay, "09:30Z") == "time_with_zone"
    for text in ("24:00", "09:60", "09:30 AM"):
        assert refused(TimeOfDay, text) == "time_parsing"


def test_a_day_in_a_file_has_plain_digits():
    for text in ("25.11.2026", "2026-11-25", "20261125"):
        assert cells.day(text) == date(2026, 11, 25)
        with pytest.raises(ValueError, match="not a date"):
            cells.day(text.translate(ARABIC))


class Tree(Data):
    """Anything, anywhere."""

    content: object


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ("\0", "/content"),
        (["a", "b\0"], "/content/1"),
        ({"a": {"b/c": "\0"}}, "/content/a/b~1c"),
        ({"a\0": 1}, "/content/a"),
    ],
)
def test_text_that_no_table_holds_is_refused_wherever_it_stands(content, pointer):
    with pytest.raises(Invalid) as caught:
        read_request(Tree, {"content": content})
    assert [(each.pointer, each.code) for each in caught.value.errors] == [(pointer, "value_error")]
    assert read_request(Tree, {"content": "\\u0000, written out"}).content == "\\u0000, written out"


def test_C7_a_version_of_definitions_is_no_larger_than_they_can_become():
    assert refused(ListFields, {"known": "1" + "0" * 21}) == "less_than_equal"


def test_a_request_is_told_all_that_is_wrong():
    with pytest.raises(Invalid) as caught:
        read_request(SetConsent, {"person_id": "x", "channel": "pigeon", "colour": "red"})
    assert {each.pointer for each in caught.value.errors} == {"/person_id", "/channel", "/allowed", "/colour"}
    with pytest.raises(Invalid):
        read_request(ById, ["no object"])


def test_C1_controls_are_refused_when_asked_and_shown_where_they_were_stored_before():
    details = {"id": str(new_id()), "given_name": "Ai\x96no"}
    with pytest.raises(Invalid) as caught:
        read_request(UpdatePerson, details | {"version": 1})
    assert [(each.pointer, each.code) for each in caught.value.errors] == [("/given_name", "value_error")]
    times = dict.fromkeys(("created_at", "updated_at"), datetime.now(UTC))
    assert Person.model_validate(details | {"state": "active", "version": 1} | times).given_name == "Ai\x96no"
