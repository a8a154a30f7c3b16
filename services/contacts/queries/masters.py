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
from services.contacts.queries.affiliations import BOTH_SIDES
from services.contacts.rules.masters import ADDITIONAL, EVERYTHING, OF_AFFILIATIONS, WITH_SOURCE, is_told

TABLE: Any = models.FieldOrigin.__table__
ORIGINS = TABLE.c
AFFILIATIONS = models.Affiliation.__table__.c


def sources_of(reader: Connection, contact_id: UUID) -> ContactSources:
    """Where each value of a person or an organisation comes from; raises NotFound."""
    kind, row = _contact(reader, contact_id)
    found = [FieldSource(field=field, **_said(known)) for field, known in _told(reader, row, WITH_SOURCE)]
    if kind == "person":
        found += _of_affiliations(reader, row.id)
    locked: dict[str, ValueSource] = mastership(reader, kind).locked(row.customer_status, row.customer_number)
    return ContactSources(data=found, locked=locked)


def _told(reader: Connection, row: Any, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """The values that somebody told, with who and when."""
    stored = {each.field: each for each in reader.execute(select(TABLE).where(ORIGINS.subject_id == row.id))}
    whole = stored.pop(EVERYTHING, None)
    for field, value in _values(row, names):
        known = stored.get(field) or (whole if is_told(field, value) else None)
        if known is not None:
            yield field, known


def _said(known: Any) -> dict[str, Any]:
    return {"source": known.source, "observed_at": known.observed_at, "rule": known.rule}


def _of_affiliations(reader: Connection, person_id: UUID) -> Iterator[FieldSource]:
    for row in reader.execute(BOTH_SIDES.where(AFFILIATIONS.person_id == person_id).order_by(AFFILIATIONS.id)).all():
        whose = {"affiliation_id": row.id, "organisation_name": row.organisation_name}
        for field, known in _told(reader, row, OF_AFFILIATIONS):
            yield FieldSource(field=f"affiliation.{field}", **_said(known), **whose)


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


def _values(row: Any, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """All fields that may come from somewhere, in the order of the table, with their values."""
    for name, value in row._mapping.items():
        if name in names:
            yield name, value
    yield from ((f"{ADDITIONAL}{code}", value) for code, value in row.fields.items())
