"""Two contacts that are the same person become one, and apart again (C13)."""

from contracts.base import ById, Page
from contracts.contacts.merges import ListMerges, Merge, MergePersons, MergesApi
from services.contacts.commands import merges
from services.contacts.queries import merges as merge_lists
from services.contacts.service.base import ContactsMethods


class MergesMethods(ContactsMethods, MergesApi):
    """Two contacts that are the same person become one, and apart again (C13)."""

    def merge_persons(self, request: MergePersons) -> Merge:
        merge_id = merges.merge(self.session, request, self.author)
        return merge_lists.get(self.session.connection(), merge_id)

    def get_merge(self, request: ById) -> Merge:
        return merge_lists.get(self.reader, request.id)

    def list_merges(self, request: ListMerges) -> Page[Merge]:
        return merge_lists.list_page(self.reader, request)

    def undo_merge(self, request: ById) -> Merge:
        merges.undo(self.session, request.id, self.author)
        return merge_lists.get(self.session.connection(), request.id)
