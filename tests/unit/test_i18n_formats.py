"""Sums, dates and times in local form, and the language of a request."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway import i18n, local_input
from gateway.pages import messages
from gateway.shell import Shell, init_shell

SWEDISH = {ord("\u2212"): "-", ord("\xa0"): "", ord(","): "."}
PLAIN = {"fi": SWEDISH, "sv": SWEDISH, "en": {ord(","): ""}}


@pytest.fixture(scope="module")
def app() -> Flask:
    application = Flask("gateway")
    i18n.init_i18n(application)
    init_shell(application, Shell, csrf_token=str)
    application.add_url_rule("/page", view_func=i18n.language, endpoint="page")
    return application


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fi", "1\xa0234,50\xa0€"), ("sv", "1\xa0234,50\xa0€"), ("en", "€1,234.50")],
)
def test_money_is_written_the_local_way(app, language, expected):
    with app.test_request_context(f"/page?lang={language}"):
        assert i18n.money(Decimal("1234.5")) == expected
        assert i18n.money({"amount": "1234.50", "currency": "EUR"}) == expected


def test_nothing_is_shown_for_nothing(app):
    with app.test_request_context("/page"):
        assert [i18n.money(None), i18n.local_date(None), i18n.number(None), i18n.date_time(None)] == [""] * 4


def test_dates_are_in_the_time_zone_of_the_association(app):
    just_after_midnight = datetime(2026, 12, 30, 22, 5, tzinfo=UTC)
    with app.test_request_context("/page?lang=fi"):
        assert i18n.local_date(just_after_midnight) == "31.12.2026"
        assert i18n.date_time(just_after_midnight) == "31.12.2026 klo\xa00.05"
        assert i18n.long_date(date(2026, 12, 31)) == "torstai 31. joulukuuta 2026"
        assert i18n.date_range(date(2026, 1, 1), date(2026, 12, 31)) == "1.1.2026–31.12.2026"


def test_numbers_and_shares(app):
    with app.test_request_context("/page?lang=fi"):
        assert i18n.number(1234567) == "1\xa0234\xa0567"
        assert i18n.number(Decimal("0.5"), 2) == "0,50"
        assert i18n.percent(Decimal("0.255"), 1) == "25,5\xa0%"
        assert i18n.words(["a", "b", "c"]) == "a, b ja c"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_number_in_a_form_is_read_back_exactly(app, language, value):
    with app.test_request_context(f"/page?lang={language}"):
        for each in (value, value.quantize(Decimal("0.001"))):
            assert local_input.parse_decimal(i18n.typed_number(each)) == each
            assert Decimal(i18n.number(each).translate(PLAIN[language])) == each


@pytest.mark.parametrize(
    ("accept", "cookie", "query", "expected"),
    [
        ("", "", "", "fi"),
        ("de, ja", "", "", "fi"),
        ("sv-FI, en;q=0.5", "", "", "sv"),
        ("sv", "en", "", "en"),
        ("sv", "en", "?lang=fi", "fi"),
        ("sv", "", "?lang=xx", "sv"),
        ("en", "<script>", "", "en"),
    ],
)
def test_language_is_asked_for_then_remembered_then_the_browsers(app, accept, cookie, query, expected):
    client = app.test_client()
    if cookie:
        client.set_cookie(i18n.COOKIE, cookie)
    response = client.get(f"/page{query}", headers={"Accept-Language": accept} if accept else {})
    assert response.text == expected
    assert response.headers["Content-Language"] == expected


def test_chosen_language_is_remembered(app):
    client = app.test_client()
    client.get("/page?lang=sv")
    assert client.get("/page").text == "sv"


def test_language_switch_keeps_the_rest_of_the_address(app):
    with app.test_request_context("/page?q=a%26b&q=c&lang=fi"):
        assert i18n.language_url("sv") == "/page?q=a%26b&q=c&lang=sv"


def test_texts_of_messages_come_in_the_language_of_the_request(app):
    with app.test_request_context("/page?lang=sv"):
        assert str(messages.TEXTS[404][0]) == "Här finns ingenting"
    with app.test_request_context("/page?lang=fi"):
        assert str(messages.TEXTS[404][0]) == "Täällä ei ole mitään"
