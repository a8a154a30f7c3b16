"""What columns of a looked-at file seem to mean, and saved mappings (C11)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, collate, func, select, tuple_

from contracts.base import Page
from contracts.contacts.import_mappings import ImportColumn, ImportColumns, ImportMapping, ListMappings
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position, printed
from services.contacts.rules.import_profiles import PROFILES
from services.contacts.rules.import_proposals import known_targets

IMPORTS: Any = models.Import.__table__
ROWS: Any = models.ImportRow.__table__
FIELDS: Any = models.Field.__table__
MAPPINGS: Any = models.ImportMapping.__table__
IN_FINNISH = collate(func.lower(func.translate(MAPPINGS.c.name, "ÅåÄäÖö", "{{||}}")), "C")
"""The place of a name as in `rules.names`, whatever collations the database server has."""


def columns_of(reader: Connection, import_id: UUID) -> ImportColumns:
    """The columns with samples, once the file was looked at; raises NotFound."""
    row = reader.execute(select(IMPORTS).where(IMPORTS.c.id == import_id)).first()
    if row is None:
        raise NotFound(f"There is no import {import_id}.", id=import_id)
    samples = list(
        reader.scalars(
            select(ROWS.c.raw).where(ROWS.c.import_id == import_id, ROWS.c.state == "sample").order_by(ROWS.c.number)
        )
    )
    columns = [
        ImportColumn(
            title=each["title"], target=each["target"], samples=[raw.get(each["title"], "") for raw in samples]
        )
        for each in row.columns
    ]
    kind = PROFILES[row.profile]
    wanted = select(FIELDS).where(FIELDS.c.applies_to == kind.kind).order_by(FIELDS.c.position)
    fields = reader.execute(wanted).all() if kind.about_contacts else []
    return ImportColumns(id=row.id, columns=columns, targets=known_targets(row.profile, fields))


def list_page(reader: Connection, request: ListMappings) -> Page[ImportMapping]:
    """Saved mappings by name in Finnish order."""
    columns = MAPPINGS.c
    query = select(MAPPINGS, IN_FINNISH.label("place")).order_by(IN_FINNISH, columns.id).limit(request.limit + 1)
    if request.profile:
        query = query.where(columns.profile == request.profile)
    after = position(request.cursor, printed, UUID)
    if after:
        query = query.where(tuple_(IN_FINNISH, columns.id) > tuple_(*after))
    rows = reader.execute(query).all()
    return page_of(rows, request.limit, lambda row: [row.place, row.id], _mapping_of)


def _mapping_of(row: Any) -> ImportMapping:
    return ImportMapping(id=row.id, name=row.name, profile=row.profile, columns=row.columns, saved_at=row.saved_at)
