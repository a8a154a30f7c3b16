"""Today, and times of day, where the association is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import get_timezone

from chassis import clock
from gateway.local_input import NotUnderstood


def zone() -> ZoneInfo:
    """The association's time zone."""
    return ZoneInfo(str(get_timezone() or "Europe/Helsinki"))


def today() -> date:
    """The date where the association is."""
    return clock.now().astimezone(zone()).date()


def moment(day: date, at: time) -> datetime:
    """The time of day on that day, with the zone's offset; raises NotUnderstood when the clocks jump over it."""
    local = datetime.combine(day, at, zone())
    if local.astimezone(UTC).astimezone(zone()).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NotUnderstood(f"{day} {at}")
    return local
