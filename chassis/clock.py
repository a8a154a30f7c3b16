"""Time. Rules never read it; entrypoints pass it in."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from chassis.settings import settings


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def local_date(moment: datetime) -> date:
    """The date of `moment` in the association's time zone."""
    return moment.astimezone(ZoneInfo(settings().talkoo_time_zone)).date()


def today() -> date:
    """The date in the association's time zone."""
    return local_date(now())
