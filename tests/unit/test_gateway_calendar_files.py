"""iCalendar files (A6, K8) as every calendar reads them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from gateway.calendar_files import CalendarEvent, calendar_file

HELSINKI = ZoneInfo("Europe/Helsinki")


def written(*events):
    return calendar_file("x", events, "x.ics").get_data(as_text=True)


def event(starts_at, ends_at):
    return CalendarEvent("1@x", "x", starts_at, ends_at, datetime(2026, 1, 1, tzinfo=UTC))


def test_A6_times_need_no_definition_of_a_time_zone():
    """RFC 5545, 3.2.19: who names a zone has to define it."""
    found = written(event(datetime(2026, 12, 1, 10, tzinfo=HELSINKI), datetime(2026, 12, 1, 11, tzinfo=HELSINKI)))
    assert "DTSTART:20261201T080000Z" in found
    assert "DTEND:20261201T090000Z" in found
    assert "TZID" not in found


def test_A6_whole_days_stay_days():
    found = written(event(date(2026, 12, 1), date(2026, 12, 2)))
    assert "DTSTART;VALUE=DATE:20261201" in found
