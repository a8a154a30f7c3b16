"""Tasks: agreed, changed, done, taken away and restored (A1, A3, A4)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.tasks import CreateTask, DeleteTask, TaskDetails, TaskState, UpdateTask
from contracts.errors import Invalid, NotFound
from services.contacts import models
from services.contacts.commands import contact_links, details, history, projects
from services.contacts.commands.contact_links import listed
from services.contacts.commands.history import Author

KEPT = timedelta(days=30)
"""How long a deleted task can be restored."""
CLEARABLE = {"project_id", "starts_on", "due_on", "due_time", "assignee_id", "remind_at"}
CLEARED: dict[str, Any] = {"text": "", **dict.fromkeys(CLEARABLE)}


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
    _name(session, task.id, persons, organisations)
    return task.id


def _name(session: Session, task_id: UUID, persons: list[UUID] | None, organisations: list[UUID] | None) -> None:
    """Store whom it is about; None leaves a side as it is."""
    owner = {"task_id": task_id}
    if persons is not None:
        contact_links.replace_persons(session, models.TaskContact, owner, persons)
    if organisations is not None:
        contact_links.replace_organisations(session, models.TaskContact, owner, organisations)


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
    task = locked(session, request.id)
    details.refuse_stale(task.version, request.version)
    wanted = request.model_dump(exclude_none=True, include=set(TaskDetails.model_fields)) | _cleared(request.clear)
    if wanted.get("due_on", task.due_on) is None and "due_time" not in wanted:
        wanted["due_time"] = None
    changed = history.assign(task, wanted)
    if "remind_at" in changed:
        _refuse_reminder_in_the_past(task.remind_at, author.at)
        task.reminded_at = None
    _refuse_gaps(task)
    if "project_id" in changed:
        projects.refuse_unknown(session, task.project_id)
    named = _name_others(session, task.id, request)
    finished = request.state is not None and _set_state(task, request.state, author)
    if changed or named or finished:
        task.version += 1
    session.flush()
    return task.id


def _cleared(names: list[str]) -> dict[str, Any]:
    for place, name in enumerate(names):
        if name not in CLEARED:
            raise Invalid.field(f"/clear/{place}", "not_clearable", f"{name} cannot be emptied.")
    return {name: CLEARED[name] for name in names}


def _name_others(session: Session, task_id: UUID, request: UpdateTask) -> bool:
    """Whether the request says whom it is about."""
    persons, organisations = request.person_ids, request.organisation_ids
    if persons is not None:
        persons = contact_links.known_persons(session, listed("/person_ids", persons))
    if organisations is not None:
        organisations = contact_links.known_organisations(session, listed("/organisation_ids", organisations))
    _name(session, task_id, persons, organisations)
    return persons is not None or organisations is not None


def finish(session: Session, task_id: UUID, state: TaskState, author: Author) -> UUID:
    """Say that it is done, or has to be done after all; saying so again changes nothing. Raises NotFound."""
    task = locked(session, task_id)
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
    task = locked(session, request.id)
    details.refuse_stale(task.version, request.version)
    task.deleted_at = author.at
    task.version += 1


def restore(session: Session, task_id: UUID) -> UUID:
    """Bring a deleted one back; one that is there stays as it is. Raises NotFound when it is gone for good."""
    task = locked(session, task_id, deleted=True)
    if task.deleted_at is not None:
        task.deleted_at = None
        task.version += 1
        session.flush()
    return task.id


def locked(session: Session, task_id: UUID, *, deleted: bool = False) -> models.Task:
    """The task, locked; raises NotFound."""
    found = session.get(models.Task, task_id, with_for_update=True)
    if found is None or (found.deleted_at is not None and not deleted):
        raise NotFound(f"There is no task {task_id}.", id=task_id)
    return found


def forget_deleted(session: Session, now: datetime, limit: int) -> int:
    """Remove what was taken away long ago, at most `limit`; how many."""
    rows = models.Task
    old = select(rows.id).where(rows.deleted_at < now - KEPT).limit(limit).with_for_update(skip_locked=True)
    ids = session.scalars(old).all()
    session.execute(delete_rows(rows).where(rows.id.in_(ids)))
    return len(ids)
