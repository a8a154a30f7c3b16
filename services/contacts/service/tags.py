"""Tags in use (C9)."""

from contracts.base import ListRequest, Page
from contracts.contacts.tags import Tag, TagsApi
from services.contacts.queries import tags
from services.contacts.service.base import ContactsMethods


class TagsMethods(ContactsMethods, TagsApi):
    """Tags in use (C9)."""

    def list_tags(self, request: ListRequest) -> Page[Tag]:
        return tags.list_page(self.reader, request)
