"""Tags in use (C9)."""

from contracts.access import Permission
from contracts.base import ListRequest, Page, Reply, query
from contracts.system import SystemApi


class Tag(Reply):
    """A tag and how many contacts bear it."""

    code: str
    persons: int
    organisations: int


class TagsApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_tags(self, request: ListRequest) -> Page[Tag]: ...
