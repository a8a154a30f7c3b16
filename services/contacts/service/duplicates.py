"""Pairs of contacts that may be the same person (C13)."""

from contracts.base import ById, Job, Nothing, Page
from contracts.contacts.duplicates import Duplicate, DuplicatesApi, ListDuplicates
from services.contacts.commands import duplicate_scans, duplicates
from services.contacts.queries import duplicates as pairs
from services.contacts.service.base import ContactsMethods


class DuplicatesMethods(ContactsMethods, DuplicatesApi):
    """Pairs of contacts that may be the same person (C13)."""

    def list_duplicates(self, request: ListDuplicates) -> Page[Duplicate]:
        return pairs.list_page(self.reader, request)

    def get_duplicate(self, request: ById) -> Duplicate:
        return pairs.get(self.reader, request.id)

    def scan_duplicates(self, request: Nothing) -> Job:
        return duplicate_scans.start(self.session)

    def get_latest_scan(self, request: Nothing) -> Job:
        return pairs.latest_scan(self.reader)

    def dismiss_duplicate(self, request: ById) -> Duplicate:
        duplicates.dismiss(self.session, request.id, self.author)
        return pairs.get(self.session.connection(), request.id)

    def reopen_duplicate(self, request: ById) -> Duplicate:
        duplicates.reopen(self.session, request.id)
        return pairs.get(self.session.connection(), request.id)
