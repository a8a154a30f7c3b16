"""Classifications and additional fields that the office defines (C6, C7)."""

from contracts.contacts.fields import (
    ChangeField,
    DefineField,
    FieldByCode,
    FieldDefinition,
    FieldDefinitions,
    FieldsApi,
    ListFields,
    MoveField,
)
from services.contacts.commands import fields
from services.contacts.queries import fields as field_lists
from services.contacts.service.base import ContactsMethods


class FieldsMethods(ContactsMethods, FieldsApi):
    """Classifications and additional fields that the office defines (C6, C7)."""

    def define_field(self, request: DefineField) -> FieldDefinition:
        return fields.define(self.session, request)

    def change_field(self, request: ChangeField) -> FieldDefinition:
        return fields.change(self.session, request)

    def move_field(self, request: MoveField) -> FieldDefinition:
        return fields.move(self.session, request)

    def get_field(self, request: FieldByCode) -> FieldDefinition:
        return field_lists.get(self.reader, request)

    def list_fields(self, request: ListFields) -> FieldDefinitions:
        return field_lists.list_page(self.reader, request)
