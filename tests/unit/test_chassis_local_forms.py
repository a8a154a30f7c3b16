"""Days, times and sums are written one way, by language, on pages, in messages and in documents."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chassis import local_forms

HELSINKI = ZoneInfo("Europe/Helsinki")
STARTS, ENDS = (datetime(2027, 3, 12, hour, 0, tzinfo=HELSINKI) for hour in (9, 16))


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "day", "moment", "span", "sum_"),
    [
        ("fi", "12.3.2027", "12.3.2027 klo 9.00", "pe 12.3.2027 klo 9.00–16.00", "1 234,50 €"),
        ("sv", "12.3.2027", "12.3.2027 kl. 9.00", "fre 12.3.2027 kl. 9.00–16.00", "1 234,50 €"),
        ("en", "12 Mar 2027", "12 Mar 2027, 9:00", "Fri 12 Mar 2027, 9:00–16:00", "€1,234.50"),
        ("de", "12.3.2027", "12.3.2027 klo 9.00", "pe 12.3.2027 klo 9.00–16.00", "1 234,50 €"),
    ],
)
def test_each_language_has_its_form(language: str, day: str, moment: str, span: str, sum_: str) -> None:
    assert local_forms.day(date(2027, 3, 12), language) == day
    assert plain(local_forms.moment(STARTS, language)) == moment
    assert plain(local_forms.span(STARTS, ENDS, language)) == span
    assert plain(local_forms.money(Decimal("1234.5"), language)) == sum_


def test_what_ends_on_another_day_names_both() -> None:
    later = datetime(2027, 3, 14, 12, 5, tzinfo=HELSINKI)
    assert plain(local_forms.span(STARTS, later, "fi")) == "pe 12.3.2027 klo 9.00 – su 14.3.2027 klo 12.05"
    assert plain(local_forms.hours(STARTS, later, "sv")) == "kl. 9.00 – 14.3.2027 kl. 12.05"
    assert plain(local_forms.hours(STARTS, ENDS, "en")) == "9:00–16:00"


def test_a_time_is_written_in_its_own_zone() -> None:
    assert local_forms.time_of_day(STARTS.astimezone(UTC), "fi") == "7.00"
    assert local_forms.time_of_day(datetime(2027, 1, 1, 0, 5, tzinfo=UTC), "en") == "0:05"
