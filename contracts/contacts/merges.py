"""Two contacts that are one person, or one organisation, become one, and apart again if that was a mistake (C13)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission
from contracts.base import ById, Event, ListRequest, Page, Reply, Request, command, query
from contracts.contacts.about import ContactKind
from contracts.system import SystemApi

FieldName = Annotated[str, StringConstraints(pattern=r"^(fields\.)?[a-z0-9][a-z0-9_.-]{0,59}$")]


class Side(StrEnum):
    """Whose value is kept."""

    SURVIVOR = "survivor"
    MERGED = "merged"


class MergeTwo(Request):
    """Makes `merged_id` lead to `survivor_id`, with all that belongs to it.

    `choices` say whose value is kept, by field: any single value of a contact, `addresses`, `fields.<code>`. Without a
    choice the survivor's value is kept or, where it has none, the other's. Tags and bans of both are kept, further
    phones and e-mail addresses, and addresses of purposes that the chosen side lacks. The versions refuse the merge
    when somebody has changed one of the two since they were read.
    """

    survivor_id: UUID
    merged_id: UUID
    survivor_version: int | None = None
    merged_version: int | None = None
    choices: Annotated[dict[FieldName, Side], Field(max_length=500)] = {}


class MergePersons(MergeTwo):
    """Makes one person of two."""


class MergeOrganisations(MergeTwo):
    """Makes one organisation of two; the parts of both belong to the survivor.

    When one of the two lies above the other, the survivor takes the place of the upper one: a choice of `parent_id`
    that would put it below itself is refused.
    """


class Merge(Reply):
    """A merge; undone when `undone_at` is set. The names are those of the two cards; empty once they are erased."""

    id: UUID
    kind: ContactKind = ContactKind.PERSON
    survivor_id: UUID
    merged_id: UUID
    survivor_name: str
    merged_name: str
    choices: dict[str, Side]
    merged_at: datetime
    undone_at: datetime | None = None


class ListMerges(ListRequest):
    """Merges, newest first: all, or those in which a contact had a part."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None


class PersonMerged(Event):
    """The id of one person leads to another person from now on: what belongs to it follows.

    `version` grows with every change of where `merged_id` leads; older news about it is ignored.
    """

    type: ClassVar = "person.merged.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "merged_id"
    merged_id: UUID
    survivor_id: UUID
    version: int


class PersonUnmerged(Event):
    """The id stands for a person of its own again: what was moved from it goes back. `version` as in PersonMerged."""

    type: ClassVar = "person.unmerged.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "person_id"
    person_id: UUID
    version: int


class OrganisationMerged(Event):
    """The id of one organisation leads to another one from now on; as PersonMerged."""

    type: ClassVar = "organisation.merged.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "merged_id"
    merged_id: UUID
    survivor_id: UUID
    version: int


class OrganisationUnmerged(Event):
    """The id stands for an organisation of its own again; as PersonUnmerged."""

    type: ClassVar = "organisation.unmerged.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "organisation_id"
    organisation_id: UUID
    version: int


class MergesApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def merge_persons(self, request: MergePersons) -> Merge: ...

    @command(may=Permission.CONTACTS_WRITE)
    def merge_organisations(self, request: MergeOrganisations) -> Merge: ...

    @query(may=Permission.CONTACTS_READ)
    def get_merge(self, request: ById) -> Merge: ...

    @query(may=Permission.CONTACTS_READ)
    def list_merges(self, request: ListMerges) -> Page[Merge]: ...

    @command(may=Permission.CONTACTS_WRITE)
    def undo_merge(self, request: ById) -> Merge: ...
