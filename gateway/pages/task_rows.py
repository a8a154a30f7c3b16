"""Tasks as tables show them: until when, how late, whose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask_babel import lazy_pgettext as _p

from chassis.rpc import client
from contracts.contacts import ContactsApi
from contracts.contacts.about import NamedContact
from contracts.contacts.tasks import ListTasks, Task, TaskDue, TaskState
from gateway.i18n import date_time, local_date
from gateway.local_today import zone
from gateway.pages.colleagues import names_of, own_account

contacts = client(ContactsApi)
SHOWN: Final = 10
DUE: Final = {
    TaskDue.OVERDUE: (_p("task", "Late"), "bad"),
    TaskDue.TODAY: (_p("task", "Today"), "warn"),
    TaskDue.COMING: (_p("task", "Coming"), ""),
}
DONE: Final = (_p("task", "Done"), "good")


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task in a table; `state` is text and kind of its mark."""

    id: UUID
    title: str
    due: str
    state: tuple[Any, str]
    is_done: bool
    assignee: str
    project_id: UUID | None
    project: str
    about: Sequence[NamedContact]


def rows_of(tasks: Iterable[Task]) -> list[TaskRow]:
    """The tasks with the names of their assignees."""
    found = list(tasks)
    names = names_of(each.assignee_id for each in found)
    return [_row(each, names.get(each.assignee_id, "") if each.assignee_id else "") for each in found]


def _row(task: Task, assignee: str) -> TaskRow:
    return TaskRow(
        id=task.id,
        title=task.title,
        due=due_text(task),
        state=DUE[task.due] if task.due else DONE,
        is_done=task.state is TaskState.DONE,
        assignee=assignee,
        project_id=task.project_id,
        project=task.project_name,
        about=task.contacts,
    )


def due_text(task: Task) -> str:
    """Until when, in local form: `31.12.2026 12.00`; empty without a day."""
    if task.due_on is None:
        return ""
    if task.due_time is None:
        return local_date(task.due_on)
    return date_time(datetime.combine(task.due_on, task.due_time, zone()))


def open_tasks(**side: UUID) -> list[TaskRow]:
    """The first open tasks about a person or an organisation."""
    return rows_of(contacts.list_tasks(ListTasks(**side, state=TaskState.OPEN, limit=SHOWN)).data)


def own_tasks_now() -> list[TaskRow]:
    """One's own tasks that are late or due today."""
    account = own_account()
    if account is None:
        return []
    found = contacts.list_tasks(ListTasks(assignee_id=account, state=TaskState.OPEN, limit=SHOWN)).data
    return rows_of(each for each in found if each.due in (TaskDue.OVERDUE, TaskDue.TODAY))
