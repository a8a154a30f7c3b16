"""Where values come from, and which source is master of which field (C12)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from contracts.contacts.masters import ContactSources, FieldSource, ValueSource
from contracts.contacts.persons import PersonState
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.mastership import mastership
from services.contacts.rules.masters import ADDITIONAL, EVERYTHING, WITH_SOURCE, is_told

TABLE: Any = models.FieldOrigin.__table__
ORIGINS = TABLE.c


def sources_of(reader: Connection, contact_id: UUID) -> ContactSources:
    """Where each value of a person or an organisation comes from; raises NotFound."""
    kind, row = _contact(reader, contact_id)
    stored = {each.field: each for each in reader.execute(select(TABLE).where(ORIGINS.subject_id == row.id))}
    whole = stored.pop(EVERYTHING, None)
    found = []
    for field, value in _values(row):
        known = stored.get(field) or (whole if is_told(field, value) else None)
        if known is not None:
            found.append(FieldSource(field=field, source=known.source, observed_at=known.observed_at, rule=known.rule))
    locked: dict[str, ValueSource] = mastership(reader, kind).locked(row.customer_status, row.customer_number)
    return ContactSources(data=found, locked=locked)


def _contact(reader: Connection, contact_id: UUID) -> tuple[str, Any]:
    persons: Any = models.Person.__table__
    organisations: Any = models.Organisation.__table__
    known_as = func.known_as(contact_id)
    person = reader.execute(select(persons).where(persons.c.id == known_as)).first()
    if person is not None and person.state != PersonState.ERASED:
        return "person", person
    organisation = reader.execute(select(organisations).where(organisations.c.id == known_as)).first()
    if organisation is None or organisation.deleted_at is not None:
        raise NotFound(f"There is no contact {contact_id}.", id=contact_id)
    return "organisation", organisation


def _values(row: Any) -> Iterator[tuple[str, Any]]:
    """All fields that may come from somewhere, in the order of the table, with their values."""
    for name, value in row._mapping.items():
        if name in WITH_SOURCE:
            yield name, value
    yield from ((f"{ADDITIONAL}{code}", value) for code, value in row.fields.items())
