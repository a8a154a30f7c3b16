"""Persons of the register (C1, C2, C5)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    ById,
    ByIds,
    Code,
    Done,
    Event,
    ListRequest,
    OptionalLine,
    Page,
    Reply,
    Request,
    command,
    query,
)
from contracts.contacts.basics import BasicChanges, ContactBasics, Gender, ShownColumns
from contracts.contacts.tags import ByTags
from contracts.system import SystemApi
from contracts.values import Day


class PersonState(StrEnum):
    """`proposed` came from the web and is hidden from the register until accepted or linked to another."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    LINKED = "linked"
    ERASED = "erased"


class PersonDetails(ContactBasics):
    """What a person can be given; everything but a name may be missing (C2)."""

    given_name: OptionalLine = ""
    family_name: OptionalLine = ""
    title: OptionalLine = ""
    gender: Gender | None = None
    birth_date: Day | None = None


class CreatePerson(PersonDetails, Request):
    """A new person: a given name or a family name is required."""


class UpdatePerson(BasicChanges, Request):
    """Changes some details of a person; what is not given stays. `version` refuses a lost update."""

    id: UUID
    version: int
    given_name: OptionalLine | None = None
    family_name: OptionalLine | None = None
    title: OptionalLine | None = None
    gender: Gender | None = None
    birth_date: Day | None = None
    clear: Annotated[list[Code], Field(max_length=40)] = []
    """Names of fields to empty, such as `email`, `phone`, `birth_date`, `credit_limit`, a name; not lists."""


class Person(PersonDetails, Reply):
    """A person of the register."""

    id: UUID
    state: PersonState
    has_photo: bool = False
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


class PersonSummary(Reply):
    """A person as lists show it."""

    id: UUID
    name: str
    email: str | None = None
    phone: str | None = None
    city: str = ""
    tags: list[str] = []
    more: dict[str, Any] = {}
    """Values of the further columns that were asked for; empty ones are missing."""


class PersonSummaries(Reply):
    """Persons by id; ids that do not exist are missing, the name of an erased one is empty."""

    data: list[PersonSummary]


class ListPersons(ByTags, ListRequest):
    """Persons by name in Finnish order or by time, `-` for the reverse.

    With `q` (typo-tolerant; also e-mail, phone, number) the most alike come first, whatever `sort` says.
    """

    q: Annotated[str, Field(max_length=100)] | None = None
    tag: Code | None = None
    show: ShownColumns = ""
    """Further columns, separated by commas, such as `title,customer_number,fields.industry`."""
    sort: Annotated[str, Field(pattern="^-?(name|created_at)$")] = "name"


class DeleteContact(Request):
    """Takes a person or an organisation out of the register. `version` refuses it when somebody changed it since."""

    id: UUID
    version: int


class PersonsChanged(Event):
    """Some persons were created or changed; one event per chunk."""

    type: ClassVar = "persons.changed.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "change_id"
    change_id: UUID
    person_ids: list[UUID]


class PersonsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_person(self, request: CreatePerson) -> Person: ...

    @query(may=[Permission.CONTACTS_READ, Rule.OWN, LinkPurpose.SET_PASSWORD])
    def get_person(self, request: ById) -> Person: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_person(self, request: UpdatePerson) -> Person: ...

    @command(may=Permission.CONTACTS_ERASE)
    def delete_person(self, request: DeleteContact) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def list_persons(self, request: ListPersons) -> Page[PersonSummary]: ...

    @query(may=Permission.CONTACTS_READ)
    def get_persons(self, request: ByIds) -> PersonSummaries: ...
