"""Definitions of additional fields."""

from sqlalchemy import Connection, select

from contracts.contacts.fields import FieldDefinitions
from services.contacts import models
from services.contacts.replies import field_of

FIELDS = models.Field.__table__
ALL = select(FIELDS).order_by(FIELDS.c.position)


def list_all(reader: Connection) -> FieldDefinitions:
    """All definitions in the order they were made, retired ones too."""
    return FieldDefinitions(data=[field_of(row) for row in reader.execute(ALL)])
