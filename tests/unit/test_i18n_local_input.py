"""Dates and sums as people type them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.local_input import NotUnderstood, parse_date, parse_decimal


@pytest.mark.parametrize("text", ["31.12.2026", " 31.12.2026 ", "31. 12. 2026", "31/12/2026", "2026-12-31"])
def test_dates_are_understood(text):
    assert parse_date(text) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["31.2.2026", "12/31/2026", "31.12.26", "tomorrow", "2026-13-01", "0.0.0000", "٣١.١٢.٢٠٢٦"]
)
def test_dates_that_do_not_exist_or_mislead_are_refused(text):
    with pytest.raises(NotUnderstood):
        parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 234,50", "1234.50"),
        ("1\xa0234,50\xa0€", "1234.50"),
        ("1\u202f234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("0.125", "0.125"),
        ("-5", "-5"),
        ("\u22125,00", "-5.00"),
        ("100 EUR", "100"),
    ],
)
def test_sums_are_understood(text, expected):
    assert parse_decimal(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["1,234", "1.234", "1,2,3", "1.2.3,4", "12,", ",5", "abc", "1e5", "NaN", "Infinity", "1.234,567.8"]
)
def test_sums_with_two_readings_or_none_are_refused(text):
    with pytest.raises(NotUnderstood):
        parse_decimal(text)


def test_nothing_typed_is_nothing():
    assert parse_date("  ") is None
    assert parse_decimal("") is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_what_finnish_forms_write_is_read_back(value):
    typed = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    assert parse_decimal(typed) == value


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    for parse in (parse_date, parse_decimal):
        try:
            parse(text)
        except NotUnderstood:
            continue
