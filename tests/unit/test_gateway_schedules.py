"""Where the bars of a project's schedule stand."""

from datetime import UTC, date, datetime

from chassis.ids import new_id
from contracts.contacts.projects import ProjectState, ProjectSummary
from contracts.contacts.tasks import Task, TaskDue, TaskState
from gateway.schedules import LEAST, WIDTH, schedule_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def project(**days):
    return ProjectSummary(id=new_id(), name="P", state=ProjectState.OPEN, created_at=NOON, created_by="x", **days)


def task(first, last, **more):
    given = {"state": TaskState.OPEN, "title": "T", "created_at": NOON, "created_by": "x", **more}
    return Task(id=new_id(), starts_on=first, due_on=last, **given)


def test_A8_bars_stand_between_their_days_on_the_scale_of_the_project():
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 10)}
    found = schedule_of(project(**days), [task(date(2026, 1, 6), date(2026, 1, 10))], date(2026, 1, 6))
    assert found is not None
    assert [(bar.x, bar.width) for bar in found.bars] == [(WIDTH / 2, WIDTH / 2)]
    assert (found.first, found.last, found.today, found.months) == (*days.values(), WIDTH / 2, [])


def test_A8_the_scale_widens_to_tasks_outside_and_today_may_be_outside():
    first = task(date(2025, 12, 1), date(2025, 12, 31))
    found = schedule_of(project(starts_on=date(2026, 1, 1)), [first, task(None, date(2026, 2, 1))], date(2027, 1, 1))
    assert found is not None
    assert (found.first, found.last, found.today) == (date(2025, 12, 1), date(2026, 2, 1), None)
    assert len(found.months) == 2
    assert [bar.first for bar in found.bars] == [date(2025, 12, 1), date(2026, 2, 1)]


def test_A8_a_day_among_years_can_still_be_seen_and_months_do_not_crowd():
    tasks = [task(date(1900, 1, 1), None), task(date(2199, 12, 31), None)]
    found = schedule_of(project(), tasks, date(2026, 1, 1))
    assert found is not None
    assert min(bar.width for bar in found.bars) == LEAST
    assert len(found.months) <= 36
    one_day = schedule_of(project(), [task(date(2026, 1, 1), None)], date(2026, 1, 1))
    assert one_day is not None
    assert (one_day.bars[0].x, one_day.bars[0].width) == (0, WIDTH)


def test_A8_done_and_late_tasks_look_different_and_those_without_days_are_left_out():
    tasks = [
        task(date(2026, 1, 1), None, state=TaskState.DONE),
        task(date(2026, 1, 2), None, due=TaskDue.OVERDUE),
        task(date(2026, 1, 3), None, due=TaskDue.COMING),
        task(None, None),
    ]
    found = schedule_of(project(), tasks, date(2026, 1, 3))
    assert found is not None
    assert [bar.kind for bar in found.bars] == ["done", "late", ""]
    assert schedule_of(project(), [task(None, None)], date(2026, 1, 3)) is None
