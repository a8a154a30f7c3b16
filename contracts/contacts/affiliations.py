"""Persons in organisations, with the data they have there (C3, C14)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    ById,
    Code,
    Data,
    EmailText,
    ListRequest,
    OptionalLine,
    Page,
    PhoneText,
    Reply,
    Request,
    command,
    query,
)
from contracts.contacts.basics import AdditionalValues
from contracts.system import SystemApi
from contracts.values import Day


class AffiliationDetails(Data):
    """A person in an organisation, with the data the person has there (C3)."""

    person_id: UUID
    organisation_id: UUID
    title: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    role: OptionalLine = ""
    decision_maker: bool = False
    starts_on: Day | None = None
    ends_on: Day | None = None
    fields: AdditionalValues = {}
    """Values of additional fields by code (C7)."""


class CreateAffiliation(AffiliationDetails, Request):
    """A new affiliation."""


class UpdateAffiliation(Request):
    """Changes some details; what is not given stays. `version` refuses a lost update."""

    id: UUID
    version: int
    title: OptionalLine | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    role: OptionalLine | None = None
    decision_maker: bool | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    fields: AdditionalValues | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `title`, `email`, `phone`, `role`, `starts_on`, `ends_on`."""


class EndAffiliation(Request):
    """The person leaves; history stays (C14)."""

    id: UUID
    ends_on: Day


class Affiliation(AffiliationDetails, Reply):
    """An affiliation with the names of both sides; one that ends before it begins never began."""

    id: UUID
    version: int
    person_name: str = ""
    organisation_name: str = ""


class ListAffiliations(ListRequest):
    """Affiliations of a person or of an organisation."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None
    held_on: Day | None = None
    """Only those that hold on this day: begun by then, not ended before."""
    sort: Annotated[str, Field(pattern="^(name|person)$")] = "name"
    """`person` is for programs that work through all persons of an organisation: by their ids, which never change."""


class AffiliationsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_affiliation(self, request: CreateAffiliation) -> Affiliation: ...

    @query(may=Permission.CONTACTS_READ)
    def get_affiliation(self, request: ById) -> Affiliation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_affiliation(self, request: UpdateAffiliation) -> Affiliation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def end_affiliation(self, request: EndAffiliation) -> Affiliation: ...

    @query(may=Permission.CONTACTS_READ)
    def list_affiliations(self, request: ListAffiliations) -> Page[Affiliation]: ...
