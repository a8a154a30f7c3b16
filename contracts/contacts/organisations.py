"""Organisations and their hierarchy (C1, C2, C4, C5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import (
    ById,
    ByIds,
    Code,
    Done,
    Line,
    ListRequest,
    Page,
    Reply,
    Request,
    command,
    query,
)
from contracts.contacts.basics import BasicChanges, ContactBasics, ShownColumns
from contracts.contacts.persons import DeleteContact
from contracts.contacts.tags import ByTags
from contracts.system import SystemApi

BusinessId = Annotated[str, Field(pattern=r"^[0-9]{7}-[0-9]$")]


class OrganisationDetails(ContactBasics):
    """What an organisation can be given; only the name is required (C2)."""

    name: Line
    business_id: BusinessId | None = None
    parent_id: UUID | None = None


class CreateOrganisation(OrganisationDetails, Request):
    """A new organisation."""


class UpdateOrganisation(BasicChanges, Request):
    """Changes some details of an organisation."""

    id: UUID
    version: int
    name: Line | None = None
    business_id: BusinessId | None = None
    parent_id: UUID | None = None
    clear: Annotated[list[Code], Field(max_length=40)] = []
    """Names of fields to empty, such as `email`, `business_id`, `parent_id`, `credit_limit`; not lists."""


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
    more: dict[str, Any] = {}
    """Values of the further columns that were asked for; empty ones are missing."""


class OrganisationSummaries(Reply):
    """Organisations by id, deleted ones too; ids that do not exist are missing."""

    data: list[OrganisationSummary]


class ListOrganisations(ByTags, ListRequest):
    """Organisations by name, or by likeness to `q`."""

    q: Annotated[str, Field(max_length=100)] | None = None
    show: ShownColumns = ""
    """Further columns, separated by commas, such as `title,customer_number,fields.industry`."""


class OrganisationInHierarchy(Reply):
    """An organisation above or below another; `depth` is counted from that one: -1 its parent, 1 its parts."""

    id: UUID
    name: str
    city: str = ""
    depth: int


class Hierarchy(Reply):
    """The organisations above one, the topmost first, and those below, each part after what it belongs to (C4)."""

    above: list[OrganisationInHierarchy]
    below: list[OrganisationInHierarchy]
    more: bool = False
    """Whether there are more below than are told."""


class OrganisationsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_organisation(self, request: CreateOrganisation) -> Organisation: ...

    @query(may=Permission.CONTACTS_READ)
    def get_organisation(self, request: ById) -> Organisation: ...

    @query(may=Permission.CONTACTS_READ)
    def get_organisations(self, request: ByIds) -> OrganisationSummaries: ...

    @query(may=Permission.CONTACTS_READ)
    def get_hierarchy(self, request: ById) -> Hierarchy: ...

    @command(may=Permission.CONTACTS_WRITE)
    def update_organisation(self, request: UpdateOrganisation) -> Organisation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def delete_organisation(self, request: DeleteContact) -> Done: ...

    @command(may=Permission.CONTACTS_WRITE)
    def restore_organisation(self, request: ById) -> Organisation: ...

    @query(may=Permission.CONTACTS_READ)
    def list_organisations(self, request: ListOrganisations) -> Page[OrganisationSummary]: ...
