"""Projects: who takes part, what has to be done when, and the hours that go into it (A5, A8)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    CENTS,
    ById,
    Code,
    Data,
    Done,
    Line,
    ListRequest,
    OptionalLine,
    Page,
    Reply,
    Request,
    Text,
    command,
    query,
)
from contracts.system import SystemApi
from contracts.values import PLAIN, Day

Hours = Annotated[Decimal, Field(max_digits=8, decimal_places=2, ge=0), PLAIN, CENTS]
"""Hours of work with two decimals; a decimal string on every wire."""
WorkedHours = Annotated[Decimal, Field(max_digits=8, decimal_places=2, gt=0, le=24), PLAIN, CENTS]


class ProjectState(StrEnum):
    """A closed project takes no more tasks and hours."""

    OPEN = "open"
    CLOSED = "closed"


class ProjectDetails(Data):
    """What a project is; the days and hours are what is planned."""

    name: Line
    text: Text = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    hours_planned: Hours | None = None


class CreateProject(ProjectDetails, Request):
    """A new project."""


class UpdateProject(Request):
    """Changes what is given."""

    id: UUID
    version: int
    name: Line | None = None
    text: Text | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    hours_planned: Hours | None = None
    state: ProjectState | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `text`, `starts_on`, `ends_on`, `hours_planned`."""


class DeleteProject(Request):
    """Takes a project away; it can be restored for 30 days. Conflict (`has_hours`) when hours are recorded on it."""

    id: UUID
    version: int


class ProjectSummary(ProjectDetails, Reply):
    """A project as lists show it, with how far it is."""

    id: UUID
    state: ProjectState
    closed_at: datetime | None = None
    tasks: int = 0
    tasks_done: int = 0
    tasks_late: int = 0
    hours_used: Hours = Decimal(0)
    created_at: datetime
    created_by: str
    version: int = 1


class Assignment(Data):
    """Somebody's part in a project: a colleague by account, or a contact."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None
    role: OptionalLine = ""
    hours_planned: Hours | None = None


class AssignToProject(Assignment, Request):
    """Lets exactly one account, person or organisation take part; again, with another role or other hours."""

    id: UUID


class ProjectMember(Assignment, Reply):
    """Who takes part. `name` is a contact's; names of accounts are given by `/colleagues`."""

    id: UUID
    name: str = ""
    hours_used: Hours = Decimal(0)
    tasks_open: int = 0


class Project(ProjectSummary):
    """A project with those who take part."""

    members: list[ProjectMember] = []


class RemoveFromProject(Request):
    """Somebody takes part no more; tasks and hours stay."""

    id: UUID
    member_id: UUID


class ListProjects(ListRequest):
    """Projects, newest first."""

    state: ProjectState | None = None
    account_id: UUID | None = None
    person_id: UUID | None = None
    organisation_id: UUID | None = None


class RecordHours(Request):
    """Work that was done, on a day not after today; by an account (default: the caller's own) or by a person."""

    id: UUID
    account_id: UUID | None = None
    person_id: UUID | None = None
    worked_on: Day
    hours: WorkedHours
    note: OptionalLine = ""


class WorkedTime(Reply):
    """An entry of hours."""

    id: UUID
    project_id: UUID
    account_id: UUID | None = None
    person_id: UUID | None = None
    person_name: str = ""
    worked_on: date
    hours: Hours
    note: str = ""
    recorded_at: datetime
    recorded_by: str


class ListHours(ListRequest):
    """Hours of a project, the latest day first."""

    id: UUID


class DeleteHours(Request):
    """Takes an entry away; it can be restored for 30 days."""

    id: UUID
    hours_id: UUID


class ProjectsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.ACTIVITIES_WRITE)
    def create_project(self, request: CreateProject) -> Project: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_project(self, request: ById) -> Project: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_projects(self, request: ListProjects) -> Page[ProjectSummary]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_project(self, request: UpdateProject) -> Project: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_project(self, request: DeleteProject) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_project(self, request: ById) -> Project: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def assign_to_project(self, request: AssignToProject) -> Project: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def remove_from_project(self, request: RemoveFromProject) -> Project: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def record_hours(self, request: RecordHours) -> WorkedTime: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_hours(self, request: ListHours) -> Page[WorkedTime]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_hours(self, request: DeleteHours) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_hours(self, request: DeleteHours) -> WorkedTime: ...
