"""A project's tasks as bars on a scale of days, drawn 1,000 units wide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from contracts.contacts.projects import ProjectSummary
from contracts.contacts.tasks import Task, TaskDue, TaskState

WIDTH: Final = 1000.0
LEAST: Final = 6.0
"""Width of the shortest bar, so that it can be seen."""
MOST_MONTHS: Final = 36


@dataclass(frozen=True, slots=True)
class Bar:
    """A task from its first day to its last; `kind` is `done`, `late` or empty."""

    id: UUID
    title: str
    first: date
    last: date
    x: float
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Bars on one scale, where the months begin on it, and where today is (None when outside)."""

    first: date
    last: date
    bars: Sequence[Bar]
    months: Sequence[float]
    today: float | None


def schedule_of(project: ProjectSummary, tasks: Iterable[Task], today: date) -> Schedule | None:
    """The tasks that have a day, in the order in which they begin; None when there is none."""
    spans = sorted(((*_span(task), task) for task in tasks if task.starts_on or task.due_on), key=lambda each: each[:2])
    if not spans:
        return None
    first = min(spans[0][0], project.starts_on or spans[0][0])
    end = max(last for _first, last, _task in spans)
    last = max(end, project.ends_on or end)
    days = (last - first).days + 1

    def place(day: date) -> float:
        return round((day - first).days / days * WIDTH, 1)

    bars = [
        Bar(task.id, task.title, begins, ends, place(begins), _width(begins, ends, days), _kind(task))
        for begins, ends, task in spans
    ]
    inside = first <= today <= last
    months = [place(day) for day in _months(first, last)]
    return Schedule(first, last, bars, months, place(today) if inside else None)


def _span(task: Task) -> tuple[date, date]:
    first, last = task.starts_on or task.due_on, task.due_on or task.starts_on
    assert first is not None
    assert last is not None
    return first, last


def _width(first: date, last: date, days: int) -> float:
    return max(round(((last - first).days + 1) / days * WIDTH, 1), LEAST)


def _kind(task: Task) -> str:
    if task.state is TaskState.DONE:
        return "done"
    return "late" if task.due is TaskDue.OVERDUE else ""


def _months(first: date, last: date) -> list[date]:
    """First days of the months after `first`; of years when there are too many months."""
    found, day = [], _next_month(first)
    while day <= last:
        found.append(day)
        day = _next_month(day)
    return found if len(found) <= MOST_MONTHS else [day for day in found if day.month == 1][:MOST_MONTHS]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
