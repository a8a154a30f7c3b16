"""Classifications and additional fields that the office defines (C6, C7)."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from contracts.access import Permission, Rule
from contracts.base import Code, Data, ListRequest, Page, Reply, Request, Translated, command, query
from contracts.system import SystemApi

MOST_CHOICES = 500
MOST_CHANGES = 2**31 - 1
"""Versions of definitions: as many as their column counts."""


class FieldType(StrEnum):
    """Types of additional fields (C7)."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"


class ContactKind(StrEnum):
    """What has fields of its own."""

    PERSON = "person"
    ORGANISATION = "organisation"
    AFFILIATION = "affiliation"


class Choice(Data):
    """One choice of a field. A retired one stays on the contacts that have it, and is not given to others any more.

    A code alone may stand for a choice whose label is its code.
    """

    code: Code
    label: Translated
    retired: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_code(cls, given: Any) -> Any:
        return {"code": given, "label": {"fi": given}} if isinstance(given, str) else given


class FieldDetails(Data):
    """An additional field: code, label, type, choices; a `classification` sorts contacts into classes (C6)."""

    code: Code
    label: Translated
    type: FieldType
    choices: Annotated[list[Choice], Field(max_length=MOST_CHOICES)] = []
    applies_to: ContactKind = ContactKind.PERSON
    classification: bool = False
    retired: bool = False


class DefineField(FieldDetails, Request):
    """Makes or changes a definition (its code and type stay). Choices that are left out are retired."""


class ChangeField(Request):
    """Changes parts of a definition; `version` refuses a lost update."""

    applies_to: ContactKind
    code: Code
    version: int
    label: Translated | None = None
    choices: Annotated[list[Choice], Field(max_length=MOST_CHOICES)] | None = None
    classification: bool | None = None
    retired: bool | None = None


class FieldByCode(Request):
    """Names a definition."""

    applies_to: ContactKind
    code: Code


class Direction(StrEnum):
    """Where to."""

    UP = "up"
    DOWN = "down"


class MoveField(FieldByCode):
    """Changes places with the next field above or below of the same kind that is in use, if there is one."""

    direction: Direction


class FieldDefinition(FieldDetails, Reply):
    """An additional field or classification that the office has defined. `version` grows with each change."""

    version: int


class ListFields(ListRequest):
    """Definitions in the office's order, of one kind of contact or all.

    `known` is the version of an earlier answer; nothing is repeated when no definition has changed since.
    """

    limit: Annotated[int, Field(ge=1, le=1_000)] = 200
    applies_to: ContactKind | None = None
    known: Annotated[int, Field(ge=0, le=MOST_CHANGES)] | None = None


class FieldDefinitions(Page[FieldDefinition]):
    """Definitions; `version` is the newest of all; `unchanged` when it is the known one, with no data then."""

    version: int = 0
    unchanged: bool = False


class FieldsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.SETTINGS_WRITE)
    def define_field(self, request: DefineField) -> FieldDefinition: ...

    @command(may=Permission.SETTINGS_WRITE)
    def change_field(self, request: ChangeField) -> FieldDefinition: ...

    @command(may=Permission.SETTINGS_WRITE)
    def move_field(self, request: MoveField) -> FieldDefinition: ...

    @query(may=Rule.SIGNED_IN)
    def get_field(self, request: FieldByCode) -> FieldDefinition: ...

    @query(may=Rule.SIGNED_IN)
    def list_fields(self, request: ListFields) -> FieldDefinitions: ...
