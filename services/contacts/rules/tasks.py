"""When a task is late."""

from datetime import date, datetime, time
from typing import Final

from contracts.contacts.tasks import TaskDue

END_OF_DAY: Final = time(23, 59, 59, 999_999)
"""Until when a task without a time of day may be done on its day."""
NO_DAY: Final = date(9999, 12, 31)
"""Where a task without a day stands in the order."""


def due(due_on: date | None, due_time: time | None, local_now: datetime) -> TaskDue:
    """Where an open task stands at the local time `local_now` (without a zone)."""
    if due_on is None:
        return TaskDue.COMING
    if datetime.combine(due_on, due_time or END_OF_DAY) < local_now:
        return TaskDue.OVERDUE
    return TaskDue.TODAY if due_on == local_now.date() else TaskDue.COMING
