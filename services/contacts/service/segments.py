"""Saved filters over the register (C10)."""

from contracts.base import ById, ListRequest, Page
from contracts.contacts.persons import PersonSummary
from contracts.contacts.segments import (
    CreateSegment,
    PreviewSegment,
    Segment,
    SegmentCount,
    SegmentMembers,
    SegmentsApi,
)
from services.contacts.commands import segments as saved_segments
from services.contacts.queries import segments
from services.contacts.service.base import ContactsMethods


class SegmentsMethods(ContactsMethods, SegmentsApi):
    """Saved filters over the register (C10)."""

    def create_segment(self, request: CreateSegment) -> Segment:
        segments.compiled(self.session, request.filter, self.today)
        return segments.reply(self.session, saved_segments.create(self.session, request, self.author), self.today)

    def get_segment(self, request: ById) -> Segment:
        return segments.get(self.reader, request.id, self.today)

    def list_segments(self, request: ListRequest) -> Page[Segment]:
        return segments.list_page(self.reader, request, self.today)

    def preview_segment(self, request: PreviewSegment) -> SegmentCount:
        return SegmentCount(count=segments.count(self.reader, request.filter, self.today))

    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]:
        return segments.list_members(self.reader, request, self.today)
