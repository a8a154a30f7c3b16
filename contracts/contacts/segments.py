"""Saved filters over the register (C10)."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import ById, Data, Line, ListRequest, Page, Reply, Request, command, query
from contracts.contacts.persons import PersonSummary
from contracts.system import SystemApi


class SegmentFilter(Data):
    """A filter tree: `{"all": [...]}`, `{"any": [...]}`, `{"none": [...]}` or one test `{"field","op","value"}`."""

    all: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    any: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    none: Annotated[list["SegmentFilter"], Field(max_length=50)] | None = None
    field: Annotated[str, Field(max_length=80)] | None = None
    op: Annotated[str, Field(pattern="^(eq|ne|in|contains|starts|gte|lte|empty|not_empty)$")] | None = None
    value: Any = None


class CreateSegment(Request):
    """Saves a live segment (C10)."""

    name: Line
    filter: SegmentFilter


class Segment(Reply):
    """A saved segment; `count` at the time of asking."""

    id: UUID
    name: str
    filter: SegmentFilter
    count: int
    version: int = 1


class PreviewSegment(Request):
    """Counts a filter without saving it."""

    filter: SegmentFilter


class SegmentCount(Reply):
    """How many persons a filter finds."""

    count: int


class SegmentMembers(ListRequest):
    """The persons of a segment by id order; pages of up to 1,000 for services."""

    id: UUID
    limit: Annotated[int, Field(ge=1, le=1_000)] = 50


class SegmentsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_segment(self, request: CreateSegment) -> Segment: ...

    @query(may=Permission.CONTACTS_READ)
    def get_segment(self, request: ById) -> Segment: ...

    @query(may=Permission.CONTACTS_READ)
    def list_segments(self, request: ListRequest) -> Page[Segment]: ...

    @query(may=Permission.CONTACTS_READ)
    def preview_segment(self, request: PreviewSegment) -> SegmentCount: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]: ...
