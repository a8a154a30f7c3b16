"""Whom something is about: persons and organisations that an activity, a task or a project names."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Data, Reply

ContactIds = Annotated[list[UUID], Field(max_length=50)]


class ContactKind(StrEnum):
    """What a contact is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class NamedContact(Reply):
    """A contact by name; one that is linked to another is shown as that one."""

    kind: ContactKind
    id: UUID
    name: str


class AboutContacts(Data):
    """Whom it is about. `person_id` and `organisation_id` are short for lists of one."""

    person_ids: ContactIds = []
    organisation_ids: ContactIds = []
    person_id: UUID | None = None
    organisation_id: UUID | None = None

    @property
    def persons(self) -> list[UUID]:
        """All persons named, each once."""
        return list(dict.fromkeys([*self.person_ids, *([self.person_id] if self.person_id else [])]))

    @property
    def organisations(self) -> list[UUID]:
        """All organisations named, each once."""
        return list(dict.fromkeys([*self.organisation_ids, *([self.organisation_id] if self.organisation_id else [])]))
