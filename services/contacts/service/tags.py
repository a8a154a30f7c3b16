"""Tags in use (C9)."""

from contracts.base import Job, Page
from contracts.contacts.tags import ChangeTag, ListTags, Tag, TagByCode, TagsApi, TagUse
from services.contacts.commands import tags as tag_changes
from services.contacts.queries import tags
from services.contacts.service.base import ContactsMethods


class TagsMethods(ContactsMethods, TagsApi):
    """Tags in use (C9)."""

    def list_tags(self, request: ListTags) -> Page[Tag]:
        return tags.list_page(self.reader, request)

    def get_tag(self, request: TagByCode) -> TagUse:
        return tags.get(self.reader, request.code)

    def change_tag(self, request: ChangeTag) -> Job:
        use = tags.get(self.reader, request.code)
        return tag_changes.start(self.session, request, use, self.author)
