"""What was done with contacts: meetings, calls, visits, mailings, notes (A1, A2, A5)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    ById,
    Code,
    Done,
    ListRequest,
    Page,
    Reply,
    Request,
    RequiredText,
    command,
    query,
)
from contracts.contacts.about import AboutContacts, ContactIds, NamedContact
from contracts.system import SystemApi
from contracts.values import Day, Moment


class ActivityKind(StrEnum):
    """How it was done."""

    MEETING = "meeting"
    CALL = "call"
    VISIT = "visit"
    EMAIL = "email"
    MAILING = "mailing"
    NOTE = "note"
    OTHER = "other"


class RecordActivity(AboutContacts, Request):
    """Something that was done, now or before. All but a note is about a person, an organisation or a project.

    `responsible_id` is the account of who did it, by default the caller's own. A private one is seen by who recorded it
    alone.
    """

    kind: ActivityKind
    text: RequiredText
    happened_at: Moment | None = None
    responsible_id: UUID | None = None
    project_id: UUID | None = None
    private: bool = False


class UpdateActivity(Request):
    """Changes what is given. Whether it is private can be changed by who recorded it alone."""

    id: UUID
    version: int
    kind: ActivityKind | None = None
    text: RequiredText | None = None
    happened_at: Moment | None = None
    responsible_id: UUID | None = None
    project_id: UUID | None = None
    person_ids: ContactIds | None = None
    organisation_ids: ContactIds | None = None
    private: bool | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `responsible_id`, `project_id`."""


class DeleteActivity(Request):
    """Takes an activity away; it can be restored for 30 days."""

    id: UUID
    version: int


class Activity(Reply):
    """Something that was done. `recorded_by` is who wrote it down, as in histories: kind and id of a principal."""

    id: UUID
    kind: ActivityKind
    text: str
    happened_at: datetime
    responsible_id: UUID | None = None
    project_id: UUID | None = None
    project_name: str = ""
    person_ids: list[UUID] = []
    organisation_ids: list[UUID] = []
    contacts: list[NamedContact] = []
    """The same persons and organisations with their names, for who may see activities."""
    private: bool = False
    recorded_at: datetime
    recorded_by: str
    own: bool = False
    """Whether the caller recorded it."""
    version: int = 1


class ListActivities(ListRequest):
    """Activities, the latest first. Those of an organisation include what was done with its persons while they were
    there. The days of the period count where the association is, both included."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    project_id: UUID | None = None
    kind: ActivityKind | None = None
    responsible_id: UUID | None = None
    from_on: Day | None = None
    to_on: Day | None = None


class ActivitiesApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.ACTIVITIES_WRITE)
    def record_activity(self, request: RecordActivity) -> Activity: ...

    @query(may=Permission.ACTIVITIES_READ)
    def get_activity(self, request: ById) -> Activity: ...

    @query(may=Permission.ACTIVITIES_READ)
    def list_activities(self, request: ListActivities) -> Page[Activity]: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def update_activity(self, request: UpdateActivity) -> Activity: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def delete_activity(self, request: DeleteActivity) -> Done: ...

    @command(may=Permission.ACTIVITIES_WRITE)
    def restore_activity(self, request: ById) -> Activity: ...
