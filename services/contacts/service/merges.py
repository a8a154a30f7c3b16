"""Two contacts that are one become one, and apart again (C13)."""

from contracts.base import ById, Page
from contracts.contacts.merges import ListMerges, Merge, MergeOrganisations, MergePersons, MergesApi, MergeTwo
from services.contacts.commands import merged_kinds, merges
from services.contacts.commands.merged_kinds import MergedKind
from services.contacts.queries import merges as merge_lists
from services.contacts.service.base import ContactsMethods


class MergesMethods(ContactsMethods, MergesApi):
    """Two contacts that are one become one, and apart again (C13)."""

    def merge_persons(self, request: MergePersons) -> Merge:
        return self._merge(merged_kinds.PERSONS, request)

    def merge_organisations(self, request: MergeOrganisations) -> Merge:
        return self._merge(merged_kinds.ORGANISATIONS, request)

    def _merge(self, of: MergedKind, request: MergeTwo) -> Merge:
        merge_id = merges.merge(self.session, of, request, self.author)
        return merge_lists.get(self.session.connection(), merge_id)

    def get_merge(self, request: ById) -> Merge:
        return merge_lists.get(self.reader, request.id)

    def list_merges(self, request: ListMerges) -> Page[Merge]:
        return merge_lists.list_page(self.reader, request)

    def undo_merge(self, request: ById) -> Merge:
        merges.undo(self.session, request.id, self.author)
        return merge_lists.get(self.session.connection(), request.id)
