"""What has been agreed to be done: by whom, until when, and when to be reminded of it (A1, A3, A4)."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    ById,
    Code,
    Data,
    Done,
    Event,
    Line,
    ListRequest,
    Page,
    Reply,
    Request,
    Text,
    command,
    query,
)
from contracts.contacts.about import AboutContacts, ContactIds, NamedContact
from contracts.system import SystemApi
from contracts.values import Day, Moment, TimeOfDay


class TaskState(StrEnum):
    """Whether it still has to be done."""

    OPEN = "open"
    DONE = "done"


class TaskDue(StrEnum):
    """When an open task has to be done; one without a day is coming."""

    OVERDUE = "overdue"
    TODAY = "today"
    COMING = "coming"


class TaskDetails(Data):
    """What a task is. `due_time` is a time of day where the association is.

    `assignee_id` is an account (see `/colleagues`), to which `remind_at` sends an e-mail. The first day is for the
    schedule of its project.
    """

    title: Line
    text: Text = ""
    project_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    due_time: TimeOfDay | None = None
    assignee_id: UUID | None = None
    remind_at: Moment | None = None


class CreateTask(TaskDetails, AboutContacts, Request):
    """A new task. A reminder needs an assignee with an e-mail address, and lies ahead."""


class UpdateTask(Request):
    """Changes what is given; another time of reminding makes a new reminder."""

    id: UUID
    version: int
    title: Line | None = None
    text: Text | None = None
    project_id: UUID | None = None
    starts_on: Day | None = None
    due_on: Day | None = None
    due_time: TimeOfDay | None = None
    assignee_id: UUID | None = None
    remind_at: Moment | None = None
    person_ids: ContactIds | None = None
    organisation_ids: ContactIds | None = None
    state: TaskState | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `text`, `project_id`, `starts_on`, `due_on`, `due_time`, `assignee_id`, `remind_at`."""


class DeleteTask(Request):
    """Takes a task away; it can be restored for 30 days."""

    id: UUID
    version: int


class Task(Reply):
    """A task. `due` is as of the asking, None when it is done; `reminded_at` when the reminder was sent off."""

    id: UUID
    title: str
    text: str = ""
    state: TaskState
    project_id: UUID | None = None
    project_name: str = ""
    starts_on: date | None = None
    due_on: date | None = None
    due_time: time | None = None
    due: TaskDue | None = None
    assignee_id: UUID | None = None
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    person_ids: list[UUID] = []
    organisation_ids: list[UUID] = []
    contacts: list[NamedContact] = []
    done_at: datetime | None = None
    done_by: str = ""
    created_at: datetime
    created_by: str
    version: int = 1


class ListTasks(ListRequest):
    """Tasks by due day and time, those without a day last; or those done, the latest first (`sort=-done_at`).

    Those of an organisation include the tasks about the persons who belong to it now.
    """

    assignee_id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    project_id: UUID | None = None
    state: TaskState | None = None
    due: TaskDue | None = None
    from_on: Day | None = None
    to_on: Day | None = None
    """The first and the last due day."""
    sort: Annotated[str, Field(pattern="^(due|-done_at)$")] = "due"


class TaskReminderDue(Event):
    """The time to remind the assignee of a task has come; told once for each time that was chosen."""

    type: ClassVar = "task.reminder_due.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "task_id"
    task_id: UUID
    account_id: UUID
    remind_at: datetime


class TasksApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.ACTIVITIES_WRITE)
    def create_task(self, request: CreateTask) -> Task: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_task(self, request: ById) -> Task: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_tasks(self, request: ListTasks) -> Page[Task]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_task(self, request: UpdateTask) -> Task: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def complete_task(self, request: ById) -> Task: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def reopen_task(self, request: ById) -> Task: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_task(self, request: DeleteTask) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_task(self, request: ById) -> Task: ...
