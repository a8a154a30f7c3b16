"""Saved filters over the register (C10)."""

from contracts.access import PrincipalKind
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
    SegmentFilter,
    SegmentKind,
    SegmentMembers,
    SegmentsApi,
    UpdateSegment,
)
from contracts.errors import NotAllowed
from services.contacts.commands import segments as saved_segments
from services.contacts.queries import segments
from services.contacts.rules.segment_fields import RELATIONS
from services.contacts.rules.segments import relations
from services.contacts.service.base import ContactsMethods


class SegmentsMethods(ContactsMethods, SegmentsApi):
    """Saved filters over the register (C10). Queries use the transaction too: their time is limited in it."""

    def create_segment(self, request: CreateSegment) -> Segment:
        self._refuse_unreadable(request.of, request.filter)
        return self._shown(ById(id=saved_segments.create(self.session, request, self.author)))

    def get_segment(self, request: ById) -> Segment:
        return self._shown(request)

    def update_segment(self, request: UpdateSegment) -> Segment:
        if request.filter is not None:
            self._refuse_unreadable(segments.row(self.session, request.id).of, request.filter)
        saved_segments.change(self.session, request)
        return self._shown(ById(id=request.id))

    def delete_segment(self, request: DeleteSegment) -> Done:
        saved_segments.delete(self.session, request)
        return Done()

    def list_segments(self, request: ListSegments) -> Page[Segment]:
        return segments.list_page(self.session, request, self.today)

    def preview_segment(self, request: PreviewSegment) -> SegmentCount:
        self._refuse_unreadable(request.of, request.filter)
        return SegmentCount(count=segments.count(self.session, request.of, request.filter, self.today))

    def list_segment_members(self, request: SegmentMembers) -> Page[PersonSummary]:
        return segments.list_persons(self.session, request, self.today)

    def list_segment_organisations(self, request: SegmentMembers) -> Page[OrganisationSummary]:
        return segments.list_organisations(self.session, request, self.today)

    def _shown(self, request: ById) -> Segment:
        return segments.get(self.session, request.id, self.today)

    def _refuse_unreadable(self, of: SegmentKind, tree: SegmentFilter) -> None:
        """Refuse a filter that is wrong, or about what the caller may not read in the service that knows it."""
        for name in sorted(relations(segments.parsed(self.session, of, tree))):
            right = RELATIONS[name].right
            if self.principal.kind is not PrincipalKind.SYSTEM and not self.principal.has(right):
                raise NotAllowed(f"To filter by {name} you need the right {right.value}.", right=right.value)
