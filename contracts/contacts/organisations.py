"""Organisations and their hierarchy (C1, C2, C4, C5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    ById,
    Code,
    Data,
    Done,
    EmailText,
    Language,
    Line,
    ListRequest,
    Page,
    PhoneText,
    Reply,
    Request,
    command,
    query,
)
from contracts.contacts.addresses import Address
from contracts.contacts.persons import DeleteContact
from contracts.system import SystemApi


class OrganisationDetails(Data):
    """What an organisation can be given; only the name is required (C2)."""

    name: Line
    business_id: Annotated[str, Field(pattern=r"^[0-9]{7}-[0-9]$")] | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language = Language.FI
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    parent_id: UUID | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] = []
    tags: Annotated[list[Code], Field(max_length=100)] = []
    fields: dict[Code, Any] = {}


class CreateOrganisation(OrganisationDetails, Request):
    """A new organisation."""


class UpdateOrganisation(Request):
    """Changes some details of an organisation."""

    id: UUID
    version: int
    name: Line | None = None
    business_id: Annotated[str, Field(pattern=r"^[0-9]{7}-[0-9]$")] | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    language: Language | None = None
    customer_number: Annotated[str, Field(max_length=40, pattern=r"^[A-Za-z0-9._/-]*$")] | None = None
    parent_id: UUID | None = None
    addresses: Annotated[list[Address], Field(max_length=8)] | None = None
    tags: Annotated[list[Code], Field(max_length=100)] | None = None
    fields: dict[Code, Any] | None = None
    clear: Annotated[list[Code], Field(max_length=20)] = []
    """Names of fields to empty: `email`, `phone`, `business_id`, `customer_number`, `parent_id`."""


class Organisation(OrganisationDetails, Reply):
    """An organisation of the register."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class OrganisationSummary(Reply):
    """An organisation as lists show it."""

    id: UUID
    name: str
    business_id: str | None = None
    email: str | None = None
    city: str = ""
    tags: list[str] = []


class ListOrganisations(ListRequest):
    """Organisations by name, or by likeness to `q`."""

    q: Annotated[str, Field(max_length=100)] | None = None


class OrganisationsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_organisation(self, request: CreateOrganisation) -> Organisation: ...

    @query(may=Permission.CONTACTS_READ)
    def get_organisation(self, request: ById) -> Organisation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_organisation(self, request: UpdateOrganisation) -> Organisation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_organisation(self, request: DeleteContact) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def list_organisations(self, request: ListOrganisations) -> Page[OrganisationSummary]: ...
