"""Saved filters over the register (C10)."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import ById, Data, Done, Line, ListRequest, Page, Reply, Request, command, query
from contracts.contacts.organisations import OrganisationSummary
from contracts.contacts.persons import PersonSummary
from contracts.system import SystemApi


class SegmentKind(StrEnum):
    """What a segment finds."""

    PERSONS = "persons"
    ORGANISATIONS = "organisations"


class SegmentFilter(Data):
    """A filter tree: `{"all": [...]}`, `{"any": [...]}`, `{"none": [...]}` or one test `{"field","op","value"}`.

    A test of something that a contact may have several of (`membership.type`, `purchase.amount` ...) holds when one of
    them passes. With `has`, the tests below it are about the same one: `{"has": "membership", "all": [...]}`; with
    `at_least`, so many of them have to pass. Days may be counted from today: `today`, `today-30`, `today+7`.
    Numbers may be given as text, which keeps all their decimals: `"0.1234"`.
    """

    all: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    any: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    none: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    has: Annotated[str, Field(max_length=40)] | None = None
    at_least: Annotated[int, Field(ge=1, le=1_000)] | None = None
    field: Annotated[str, Field(max_length=80)] | None = None
    op: Annotated[str, Field(pattern="^(eq|ne|in|contains|starts|gte|lte|empty|not_empty)$")] | None = None
    value: Any = None


class CreateSegment(Request):
    """Saves a live segment (C10)."""

    name: Line
    of: SegmentKind = SegmentKind.PERSONS
    filter: SegmentFilter


class UpdateSegment(Request):
    """Another name or filter; it goes on finding what it found before when only the name changes."""

    id: UUID
    version: int
    name: Line | None = None
    filter: SegmentFilter | None = None


class DeleteSegment(Request):
    """Takes a segment away; it can be restored for 30 days."""

    id: UUID
    version: int


class Segment(Reply):
    """A saved segment; `count` at the time of asking, None when it took too long or is not for the caller to know."""

    id: UUID
    name: str
    of: SegmentKind = SegmentKind.PERSONS
    filter: SegmentFilter
    count: int | None
    version: int = 1


class ListSegments(ListRequest):
    """Newest first, of one kind or all."""

    of: SegmentKind | None = None


class PreviewSegment(Request):
    """Counts a filter without saving it."""

    of: SegmentKind = SegmentKind.PERSONS
    filter: SegmentFilter


class SegmentCount(Reply):
    """How many persons or organisations a filter finds."""

    count: int


class SegmentRights(Reply):
    """What a segment finds, and which rights it takes, besides to read contacts, to know whom."""

    of: SegmentKind
    rights: list[Permission]


class SegmentMembers(ListRequest):
    """Whom or what a segment finds, by name in Finnish order; `sort=id` and pages of up to 1,000 are for programs that
    work through all of them, so that nobody is passed by whose name changes meanwhile."""

    id: UUID
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50
    sort: Annotated[str, Field(pattern="^(name|id)$")] = "name"


class SegmentsApi(SystemApi):
    """RPC methods. A filter about other services' facts is saved, counted and written to by who may read those."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_segment(self, request: CreateSegment) -> Segment: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def get_segment(self, request: ById) -> Segment: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_segment(self, request: UpdateSegment) -> Segment: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_segment(self, request: DeleteSegment) -> Done: ...

    @command(may=Permission.CONTACTS_WRITE)
    def restore_segment(self, request: ById) -> Segment: ...

    @query(may=Rule.SYSTEM)
    def get_segment_rights(self, request: ById) -> SegmentRights: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_segments(self, request: ListSegments) -> Page[Segment]: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def preview_segment(self, request: PreviewSegment) -> SegmentCount: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_segment_organisations(self, request: SegmentMembers) -> Page[OrganisationSummary]: ...
