"""Tags in use (C9): lists of contacts by expressions of them; renamed, merged and taken away everywhere at once."""

from typing import Annotated

from pydantic import Field

from contracts.access import Permission
from contracts.base import Code, Data, Job, ListRequest, Page, Reply, Request, command, query
from contracts.system import SystemApi

TagCodes = Annotated[str, Field(max_length=1_300, pattern=r"^[a-z0-9_.,-]*$")]
"""Up to 20 tags separated by commas."""


class ByTags(Data):
    """Which contacts a list shows by their tags: those with all of some, any of some, none of some."""

    tags_all: TagCodes = ""
    tags_any: TagCodes = ""
    tags_none: TagCodes = ""


class Tag(Reply):
    """A tag and how many contacts bear it."""

    code: str
    persons: int
    organisations: int


class ListTags(ListRequest):
    """Tags in use, the most used first. `q`: a part of the tag, whatever its case, accents and signs between words."""

    q: Annotated[str, Field(max_length=100)] | None = None


class TagByCode(Request):
    """Names a tag."""

    code: Code


class TagUse(Tag):
    """Where a tag is used; `segments` are the names of saved segments that test it."""

    segments: list[str] = []


class ChangeTag(Request):
    """Gives everybody who bears a tag another one in its place (merging the two where both are), or none."""

    code: Code
    to: Code | None = None


class TagsApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_tags(self, request: ListTags) -> Page[Tag]: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def get_tag(self, request: TagByCode) -> TagUse: ...

    @command(may=Permission.CONTACTS_WRITE)
    def change_tag(self, request: ChangeTag) -> Job: ...
