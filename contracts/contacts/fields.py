"""Additional fields that the office defines (C7)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import Code, Data, ListRequest, Reply, Request, Translated, command, query
from contracts.system import SystemApi


class FieldType(StrEnum):
    """Types of additional fields (C7)."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"


class FieldDetails(Data):
    """An additional field or classification: code, label, type, choices."""

    code: Code
    label: Translated
    type: FieldType
    choices: Annotated[list[Code], Field(max_length=500)] = []
    applies_to: Annotated[str, Field(pattern="^(person|organisation|affiliation)$")] = "person"
    retired: bool = False


class DefineField(FieldDetails, Request):
    """Makes or changes a definition (its code and type stay)."""


class FieldDefinition(FieldDetails, Reply):
    """An additional field or classification that the office has defined."""


class FieldDefinitions(Reply):
    """All definitions."""

    data: list[FieldDefinition]


class FieldsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.SETTINGS_WRITE)
    def define_field(self, request: DefineField) -> FieldDefinition: ...

    @query(may=Rule.SIGNED_IN)
    def list_fields(self, request: ListRequest) -> FieldDefinitions: ...
