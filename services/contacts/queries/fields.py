"""Definitions of additional fields."""

from sqlalchemy import Connection, func, select, tuple_

from contracts.contacts.fields import FieldByCode, FieldDefinition, FieldDefinitions, ListFields
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.replies import field_of

FIELDS = models.Field.__table__
NEWEST = select(func.coalesce(func.max(FIELDS.c.version), 0))


def get(reader: Connection, request: FieldByCode) -> FieldDefinition:
    """One definition; raises NotFound."""
    named = (FIELDS.c.applies_to == request.applies_to, FIELDS.c.code == request.code)
    row = reader.execute(select(FIELDS).where(*named)).first()
    if row is None:
        raise NotFound(f"There is no field {request.code} for a {request.applies_to}.", code="no_such_field")
    return field_of(row)


def list_page(reader: Connection, request: ListFields) -> FieldDefinitions:
    """Definitions by kind in the office's order, retired ones too; none when nothing is newer than what is known.

    The version is read first, so that it is never newer than the data.
    """
    version = int(reader.execute(NEWEST).scalar_one())
    if request.known == version:
        return FieldDefinitions(data=[], version=version, unchanged=True)
    order = (FIELDS.c.applies_to, FIELDS.c.position, FIELDS.c.code)
    query = select(FIELDS).order_by(*order).limit(request.limit + 1)
    if request.applies_to:
        query = query.where(FIELDS.c.applies_to == request.applies_to)
    after = position(request.cursor, printed, int, printed)
    if after:
        query = query.where(tuple_(*order) > tuple_(*after))
    rows = reader.execute(query).all()
    found = page_of(rows, request.limit, lambda row: [row.applies_to.value, row.position, row.code], field_of)
    return FieldDefinitions(data=found.data, next_cursor=found.next_cursor, has_more=found.has_more, version=version)
