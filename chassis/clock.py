"""Time. Rules never read it; entrypoints pass it in."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from chassis.settings import settings


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The association's time zone."""
    return ZoneInfo(settings().talkoo_time_zone)


def zoned(moment: datetime) -> datetime:
    """`moment` in the association's time zone."""
    return moment.astimezone(zone())


def local_date(moment: datetime) -> date:
    """The date of `moment` in the association's time zone."""
    return zoned(moment).date()


def start_of(day: date) -> datetime:
    """When `day` begins in the association's time zone."""
    return datetime.combine(day, time(), zone())


def today() -> date:
    """The date in the association's time zone."""
    return local_date(now())


def local_time(moment: datetime) -> datetime:
    """What clocks on the wall show at `moment` where the association is: a time without a zone."""
    return zoned(moment).replace(tzinfo=None)
