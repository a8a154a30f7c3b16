"""Tasks: agreed, changed, done, taken away and restored (A1, A3, A4)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.tasks import CreateTask, DeleteTask, TaskDetails, TaskState, UpdateTask
from contracts.errors import Invalid
from services.contacts import models
from services.contacts.commands import contact_links, deletions, details, history, projects
from services.contacts.commands.history import Author

EMPTY = dict.fromkeys(("project_id", "starts_on", "due_on", "due_time", "assignee_id", "remind_at"))
CLEARED: dict[str, Any] = {"text": "", **EMPTY}


def create(session: Session, request: CreateTask, author: Author) -> UUID:
    """Store a new task; raises Invalid for unknown contacts, a time without a day, and impossible reminders."""
    persons, organisations = contact_links.known(session, request)
    wanted = request.model_dump(include=set(TaskDetails.model_fields))
    task = models.Task(id=new_id(), created_at=author.at, created_by=author.label, version=1, **wanted)
    _refuse_reminder_in_the_past(task.remind_at, author.at)
    _refuse_gaps(task)
    projects.refuse_unknown(session, task.project_id)
    session.add(task)
    session.flush()
    contact_links.name(session, models.TaskContact, {"task_id": task.id}, persons, organisations)
    return task.id


def _refuse_reminder_in_the_past(remind_at: datetime | None, now: datetime) -> None:
    if remind_at is not None and remind_at <= now:
        raise Invalid.field("/remind_at", "in_the_past", "This time has passed; choose a later one.")


def _refuse_gaps(task: models.Task) -> None:
    if task.due_time is not None and task.due_on is None:
        raise Invalid.field("/due_on", "day_missing", "A time of day needs its day.")
    if task.starts_on and task.due_on and task.due_on < task.starts_on:
        raise Invalid.field("/due_on", "ends_before_start", "The last day lies before the first.")
    if task.remind_at is not None and task.assignee_id is None:
        raise Invalid.field("/remind_at", "assignee_missing", "A reminder needs somebody to be reminded.")


def change(session: Session, request: UpdateTask, author: Author) -> UUID:
    """Change what is given; raises NotFound, Stale and Invalid. Without a day, the time of day goes too."""
    task = deletions.locked(session, models.Task, request.id)
    details.refuse_stale(task.version, request.version)
    wanted = request.model_dump(exclude_none=True, include=set(TaskDetails.model_fields)) | details.cleared(
        request.clear, CLEARED
    )
    if wanted.get("due_on", task.due_on) is None and "due_time" not in wanted:
        wanted["due_time"] = None
    changed = history.assign(task, wanted)
    if "remind_at" in changed:
        _refuse_reminder_in_the_past(task.remind_at, author.at)
        task.reminded_at = None
    _refuse_gaps(task)
    if "project_id" in changed:
        projects.refuse_unknown(session, task.project_id)
    named = contact_links.rename(session, models.TaskContact, {"task_id": task.id}, request)
    finished = request.state is not None and _set_state(task, request.state, author)
    if changed or named or finished:
        task.version += 1
    session.flush()
    return task.id


def finish(session: Session, task_id: UUID, state: TaskState, author: Author) -> UUID:
    """Say that it is done, or has to be done after all; saying so again changes nothing. Raises NotFound."""
    task = deletions.locked(session, models.Task, task_id)
    if _set_state(task, state, author):
        task.version += 1
        session.flush()
    return task.id


def _set_state(task: models.Task, state: TaskState, author: Author) -> bool:
    if (task.done_at is not None) == (state is TaskState.DONE):
        return False
    task.done_at, task.done_by = (author.at, author.label) if state is TaskState.DONE else (None, "")
    return True


def delete(session: Session, request: DeleteTask, author: Author) -> None:
    """Take it away; raises NotFound and Stale."""
    task = deletions.locked(session, models.Task, request.id)
    details.refuse_stale(task.version, request.version)
    deletions.take_away(task, author)


def restore(session: Session, task_id: UUID) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    task = deletions.locked(session, models.Task, task_id, deleted=True)
    deletions.bring_back(session, task)
    return task.id


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many."""
    return deletions.forget(session, models.Task, now, limit)
