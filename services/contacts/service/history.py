"""Who changed what in a contact (C18)."""

from contracts.base import Page
from contracts.contacts.history import Change, History, HistoryApi
from services.contacts.queries import history as history_lists
from services.contacts.service.base import ContactsMethods


class HistoryMethods(ContactsMethods, HistoryApi):
    """Who changed what in a contact (C18)."""

    def list_history(self, request: History) -> Page[Change]:
        return history_lists.list_page(self.reader, request)
