"""Definitions of additional fields (C7): made, renamed, retired; code and type stay."""

from sqlalchemy.orm import Session

from contracts.contacts.fields import DefineField, FieldDefinition, FieldType
from contracts.errors import Conflict, Invalid
from services.contacts import models
from services.contacts.replies import field_of

WITH_CHOICES = frozenset({FieldType.CHOICE, FieldType.MULTI_CHOICE})


def define(session: Session, request: DefineField) -> FieldDefinition:
    """Make or change a definition. A choice that is taken away stays on the contacts that have it."""
    if (request.type in WITH_CHOICES) != bool(request.choices):
        message = "Fields of type choice or multi_choice need choices; others have none."
        raise Invalid.field("/choices", "choices", message)
    known = session.get(models.Field, (request.applies_to, request.code), with_for_update=True)
    if known is None:
        known = models.Field(applies_to=request.applies_to, code=request.code, type=request.type)
        session.add(known)
    elif known.type is not request.type:
        raise Conflict(
            f"The field {request.code} is of type {known.type}; a type cannot change. Define another field.",
            code="field_type_fixed",
        )
    known.label = request.label.model_dump()
    known.choices = list(dict.fromkeys(request.choices))
    known.retired = request.retired
    session.flush()
    return field_of(known)
