"""Reminders of tasks whose time has come (A4).

The task is marked and the event recorded in one transaction: a worker that is killed has either done both or nothing,
and any number of workers share the work. What notify does with the event, it does once.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.contacts.tasks import TaskReminderDue
from services.contacts import models


def tell_due(session: Session, now: datetime, limit: int) -> int:
    """Tell of at most `limit` reminders of open tasks whose time has come; how many."""
    rows = models.Task
    due = (
        select(rows.id)
        .where(
            rows.remind_at <= now, rows.reminded_at.is_(None), rows.done_at.is_(None), rows.deleted_at.is_(None)
        )
        .order_by(rows.remind_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )  # fmt: skip
    told = session.execute(
        update(rows)
        .where(rows.id == due.c.id)
        .values(reminded_at=now)
        .returning(rows.id, rows.assignee_id, rows.remind_at)
        .execution_options(synchronize_session=False)
    ).all()
    outbox.record_all(
        session,
        [TaskReminderDue(task_id=each.id, account_id=each.assignee_id, remind_at=each.remind_at) for each in told],
    )
    return len(told)
