"""Where each value of a contact comes from, and which source is master of which field (C12)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission
from contracts.base import ById, Data, Nothing, Reply, Request, command, query
from contracts.system import SystemApi

MasteredName = Annotated[str, StringConstraints(pattern=r"^(fields\.)?[a-z0-9][a-z0-9_.-]{0,59}$")]
"""A field of a contact: `addresses`, `email`, `fields.<code>`."""


class ValueSource(StrEnum):
    """Who says what a contact's values are."""

    OFFICE = "office"
    SELF_SERVICE = "self_service"
    """The person, on own or public pages or by a personal link."""
    API = "api"
    IMPORT = "import"
    ADDRESS_PROVIDER = "address_provider"
    ACCOUNTING = "accounting"


class DecidedBy(StrEnum):
    """Why a value stands: nobody said another, it is the latest, or its source is master of the field."""

    FIRST = "first"
    LATEST = "latest"
    MASTER = "master"


MastersByField = Annotated[dict[MasteredName, ValueSource], Field(max_length=500)]


class MasterSettings(Data):
    """The master of each field that has one; of the others the latest word counts.

    While `accounting_link` is off, accounting sends nothing and is master of nothing.
    """

    persons: MastersByField = {}
    organisations: MastersByField = {}
    accounting_link: bool = True


class SetMasters(MasterSettings, Request):
    """Replaces all masters; `version` refuses a lost update."""

    version: int


class Masters(MasterSettings, Reply):
    """The masters as they are."""

    version: int


class FieldSource(Reply):
    """Where the value of a field comes from. `observed_at` is when it was true there.

    Of a person's place in an organisation: `affiliation.title`, with the affiliation and the organisation's name.
    """

    field: str
    source: ValueSource
    observed_at: datetime
    rule: DecidedBy
    affiliation_id: UUID | None = None
    organisation_name: str = ""


class ContactSources(Reply):
    """Where the values of a contact come from, of a person also those of its affiliations.

    `locked` are fields that only their master changes, with the master.
    """

    data: list[FieldSource]
    locked: dict[str, ValueSource]


class MastersApi(SystemApi):
    """RPC methods."""

    @query(may=[Permission.CONTACTS_READ, Permission.SETTINGS_WRITE])
    def get_masters(self, request: Nothing) -> Masters: ...

    @command(may=Permission.SETTINGS_WRITE)
    def set_masters(self, request: SetMasters) -> Masters: ...

    @query(may=Permission.CONTACTS_READ)
    def list_sources(self, request: ById) -> ContactSources: ...
