"""What every service offers to operators: its state, parked events, jobs."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import (
    ById,
    ByIds,
    Done,
    Job,
    JobById,
    ListRequest,
    Nothing,
    Page,
    Reply,
    Request,
    Service,
    command,
    query,
)
from contracts.personal_data import ErasurePart, HeldRow, ListHeld
from contracts.search import Hits, SearchWords


class SystemStatus(Reply):
    """Whether the service works, and what waits in its tables."""

    service: str
    outbox_unsent: int
    outbox_oldest_seconds: float
    parked: int
    dead: int
    jobs_open: int
    queues: dict[str, int] = {}
    """Messages waiting in the service's own queues, and lying in their dead-letter queues (`dlq.`)."""


class ParkedEvent(Reply):
    """An event that a handler could not take; the payload carries no personal data."""

    id: int
    handler: str
    event_id: str
    attempts: int
    error: str
    parked_at: datetime
    next_at: datetime
    dead: bool
    envelope: str


class ReplayParked(Request):
    """Try parked events again now: one, or all dead ones."""

    id: int | None = None
    all_dead: bool = False


class ListJobs(ListRequest):
    """Newest first."""

    open_only: bool = False


class Replayed(Reply):
    """How many events were put back in line."""

    count: Annotated[int, Field(ge=0)]


class Ids(Reply):
    """Some of the ids that were asked about."""

    ids: list[UUID]


class SystemApi(Service):
    """Implemented once, by the chassis, for every service."""

    @query(may=Rule.PUBLIC, deadline=2)
    def ping(self, request: Nothing) -> Done: ...

    @query(may=Permission.SYSTEM_READ)
    def get_system_status(self, request: Nothing) -> SystemStatus: ...

    @query(may=Permission.SYSTEM_READ)
    def list_parked(self, request: ListRequest) -> Page[ParkedEvent]: ...

    @command(may=Permission.SYSTEM_OPERATE)
    def replay_parked(self, request: ReplayParked) -> Replayed: ...

    @command(may=Permission.SYSTEM_OPERATE)
    def tell_again(self, request: Nothing) -> Job: ...

    @query(may=Rule.SYSTEM, deadline=2)
    def get_erasure_part(self, request: ById) -> ErasurePart: ...

    @query(may=Rule.SYSTEM, deadline=5)
    def find_held(self, request: ByIds) -> Ids: ...

    @query(may=[Permission.CONTACTS_DISCLOSE, Rule.OWN])
    def list_held(self, request: ListHeld) -> Page[HeldRow]: ...

    @query(may=Rule.SIGNED_IN)
    def search(self, request: SearchWords) -> Hits: ...

    @query(may=Rule.SIGNED_IN)
    def get_job(self, request: JobById) -> Job: ...

    @query(may=Permission.SYSTEM_READ)
    def list_jobs(self, request: ListJobs) -> Page[Job]: ...

    @command(may=Rule.SIGNED_IN)
    def cancel_job(self, request: JobById) -> Job: ...
