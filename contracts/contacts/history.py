"""Who changed what in a contact (C18)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import Code, ListRequest, Page, Reply, query
from contracts.contacts.about import NamedContact
from contracts.system import SystemApi
from contracts.values import Day


class Change(Reply):
    """One changed field in a contact's history (C18).

    What is about an affiliation names its `other` side as it is called now, without a name when that was erased.
    """

    changed_at: datetime
    changed_by: str
    channel: str
    field: str
    old: Any = None
    new: Any = None
    other: NamedContact | None = None


class History(ListRequest):
    """The history of one contact, newest first; of one field, through one channel, between two days."""

    id: UUID
    field: Annotated[str, Field(max_length=100)] | None = None
    channel: Code | None = None
    from_on: Day | None = None
    to_on: Day | None = None


class HistoryApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def list_history(self, request: History) -> Page[Change]: ...
