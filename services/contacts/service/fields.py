"""Additional fields that the office defines (C7)."""

from contracts.base import ListRequest
from contracts.contacts.fields import DefineField, FieldDefinition, FieldDefinitions, FieldsApi
from services.contacts.commands import fields
from services.contacts.queries import fields as field_lists
from services.contacts.service.base import ContactsMethods


class FieldsMethods(ContactsMethods, FieldsApi):
    """Additional fields that the office defines (C7)."""

    def define_field(self, request: DefineField) -> FieldDefinition:
        return fields.define(self.session, request)

    def list_fields(self, request: ListRequest) -> FieldDefinitions:
        return field_lists.list_all(self.reader)
