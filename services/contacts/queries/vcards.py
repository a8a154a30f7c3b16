"""Contacts as vCards: one, or the next of an export (C11)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Session

from chassis import redirects
from contracts.contacts.persons import PersonState
from contracts.contacts.segments import SegmentKind
from contracts.contacts.vcards import VCard
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.rules.vcard_writing import organisation_card, person_card

PERSON, ORGANISATION = models.Person.__table__, models.Organisation.__table__
AFFILIATION = models.Affiliation.__table__.c
Reader = Connection | Session


def of_person(reader: Reader, person_id: UUID, today: date) -> VCard:
    """The card of the person known under this id, after following a link; raises NotFound."""
    row = reader.execute(select(PERSON.c.id, PERSON.c.linked_to).where(PERSON.c.id == person_id)).first()
    cards = _persons(reader, [row.linked_to or row.id], today) if row else {}
    return next(iter(cards.values()), None) or _missing("person", person_id)


def of_organisation(reader: Reader, organisation_id: UUID) -> VCard:
    """The card of the organisation known under this id, after following a merge; raises NotFound."""
    known_as = redirects.known_as(reader, organisation_id)
    return _organisations(reader, [known_as]).get(known_as) or _missing("organisation", organisation_id)


def texts(reader: Reader, of: SegmentKind, ids: Sequence[UUID], today: date) -> list[str]:
    """The cards of these contacts, in their order."""
    found = _persons(reader, ids, today) if of is SegmentKind.PERSONS else _organisations(reader, ids)
    return [found[each].text for each in ids if each in found]


def _missing(what: str, contact_id: UUID) -> VCard:
    raise NotFound(f"There is no {what} {contact_id}.", id=contact_id)


def _persons(reader: Reader, ids: Sequence[UUID], today: date) -> dict[UUID, VCard]:
    belonging = _belonging(reader, ids, today)
    there = PERSON.c.state.in_([PersonState.ACTIVE, PersonState.PROPOSED])
    rows = reader.execute(select(PERSON).where(PERSON.c.id.in_(ids), there)).mappings()
    return {
        row["id"]: VCard(
            name=f"{row['given_name']} {row['family_name']}".strip(),
            text=person_card(_plain(row), belonging[row["id"]]),
        )
        for row in rows
    }


def _organisations(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, VCard]:
    there = ORGANISATION.c.deleted_at.is_(None)
    rows = reader.execute(select(ORGANISATION).where(ORGANISATION.c.id.in_(ids), there)).mappings()
    return {row["id"]: VCard(name=row["name"], text=organisation_card(_plain(row))) for row in rows}


def _plain(row: Any) -> dict[str, Any]:
    """The columns, with codes in place of what names them."""
    return dict(row) | {name: row[name] and str(row[name]) for name in ("language", "gender") if name in row}


def _belonging(reader: Reader, ids: Sequence[UUID], today: date) -> dict[UUID, list[dict[str, str]]]:
    """The organisations that persons belong to today, those first that they have belonged to longest."""
    query = (
        select(AFFILIATION.person_id, AFFILIATION.title, AFFILIATION.role, ORGANISATION.c.name)
        .join(ORGANISATION, ORGANISATION.c.id == AFFILIATION.organisation_id)
        .where(AFFILIATION.person_id.in_(ids), ORGANISATION.c.deleted_at.is_(None))
        .where(or_(AFFILIATION.starts_on.is_(None), AFFILIATION.starts_on <= today))
        .where(or_(AFFILIATION.ends_on.is_(None), AFFILIATION.ends_on >= today))
        .order_by(AFFILIATION.id)
    )
    found: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for row in reader.execute(query):
        found[row.person_id].append({"organisation": row.name, "title": row.title, "role": row.role})
    return found
