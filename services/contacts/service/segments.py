"""Saved filters over the register (C10)."""

from typing import Any

from contracts.base import ById, Done, Page
from contracts.contacts.organisations import OrganisationSummary
from contracts.contacts.persons import PersonSummary
from contracts.contacts.segments import (
    CreateSegment,
    DeleteSegment,
    ListSegments,
    PreviewSegment,
    Segment,
    SegmentCount,
    SegmentMembers,
    SegmentRights,
    SegmentsApi,
    UpdateSegment,
)
from services.contacts.commands import segments as saved_segments
from services.contacts.queries import segments
from services.contacts.service import segment_rights
from services.contacts.service.base import ContactsMethods


class SegmentsMethods(ContactsMethods, SegmentsApi):
    """Saved filters over the register (C10). Queries use the transaction too: their time is limited in it."""

    def create_segment(self, request: CreateSegment) -> Segment:
        segment_rights.refuse_unreadable(self.principal, self.session, request.of, request.filter)
        return self._shown(ById(id=saved_segments.create(self.session, request, self.author)))

    def get_segment(self, request: ById) -> Segment:
        return self._shown(request)

    def get_segment_rights(self, request: ById) -> SegmentRights:
        stored = segments.row(self.session, request.id)
        return SegmentRights(of=stored.of, rights=segment_rights.needed(self.session, stored))

    def update_segment(self, request: UpdateSegment) -> Segment:
        if request.filter is not None:
            of = segments.row(self.session, request.id).of
            segment_rights.refuse_unreadable(self.principal, self.session, of, request.filter)
        saved_segments.change(self.session, request)
        return self._shown(ById(id=request.id))

    def delete_segment(self, request: DeleteSegment) -> Done:
        saved_segments.delete(self.session, request, self.author)
        return Done()

    def restore_segment(self, request: ById) -> Segment:
        saved_segments.restore(self.session, request.id)
        return self._shown(request)

    def list_segments(self, request: ListSegments) -> Page[Segment]:
        return segments.list_page(self.session, request, self.today, self._may_count)

    def preview_segment(self, request: PreviewSegment) -> SegmentCount:
        segment_rights.refuse_unreadable(self.principal, self.session, request.of, request.filter)
        return SegmentCount(count=segments.count(self.session, request.of, request.filter, self.today))

    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]:
        segment_rights.refuse_unreadable_segment(self.principal, self.session, request.id)
        return segments.list_persons(self.session, request, self.today)

    def list_segment_organisations(self, request: SegmentMembers) -> Page[OrganisationSummary]:
        segment_rights.refuse_unreadable_segment(self.principal, self.session, request.id)
        return segments.list_organisations(self.session, request, self.today)

    def _shown(self, request: ById) -> Segment:
        return segments.get(self.session, request.id, self.today, self._may_count)

    def _may_count(self, stored: Any) -> bool:
        return segment_rights.may_read(self.principal, self.session, stored)
