"""Who changed what in a contact (C18)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.access import Permission
from contracts.base import ListRequest, Page, Reply, query
from contracts.system import SystemApi


class Change(Reply):
    """One changed field in a contact's history (C18)."""

    changed_at: datetime
    changed_by: str
    channel: str
    field: str
    old: Any = None
    new: Any = None


class History(ListRequest):
    """The history of one contact, newest first."""

    id: UUID


class HistoryApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def list_history(self, request: History) -> Page[Change]: ...
