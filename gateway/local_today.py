"""Today, and times of day, where the association is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from chassis import clock
from gateway.local_input import NotUnderstood


def zone() -> ZoneInfo:
    """The association's time zone."""
    return clock.zone()


def today() -> date:
    """The date where the association is."""
    return clock.today()


def moment(day: date, at: time) -> datetime:
    """The time of day on that day, with the zone's offset; raises NotUnderstood when the clocks jump over it."""
    local = datetime.combine(day, at, zone())
    if local.astimezone(UTC).astimezone(zone()).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NotUnderstood(f"{day} {at}")
    return local
