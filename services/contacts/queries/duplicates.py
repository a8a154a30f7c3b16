"""Pairs of contacts that may be the same, the most alike first; the latest scan (C13)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, or_, select, tuple_
from sqlalchemy.orm import aliased

from chassis import jobs, tables
from contracts.base import Job, Page
from contracts.contacts.about import ContactKind
from contracts.contacts.duplicates import ComparedContact, Duplicate, ListDuplicates
from contracts.contacts.persons import PersonState
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position

CANDIDATE = models.DuplicateCandidate
SIDES = ("first", "second")
PERSON_SHOWN = ("id", "given_name", "family_name", "email", "phone", "city", "tags")
ORGANISATION_SHOWN = ("id", "name", "business_id", "email", "phone", "city", "tags")
Persons = {side: aliased(models.Person) for side in SIDES}
Organisations = {side: aliased(models.Organisation) for side in SIDES}


def _columns() -> list[Any]:
    return [
        getattr(known[side], name).label(f"{prefix}_{side}_{name}")
        for side in SIDES
        for prefix, known, shown in (("p", Persons, PERSON_SHOWN), ("o", Organisations, ORGANISATION_SHOWN))
        for name in shown
    ]


def _pairs() -> Select[Any]:
    """Pairs with both their contacts, whichever kind these are."""
    query: Select[Any] = select(CANDIDATE.__table__, *_columns()).select_from(CANDIDATE)
    for side in SIDES:
        person, organisation = Persons[side], Organisations[side]
        query = query.outerjoin(person, person.id == getattr(CANDIDATE, f"{side}_person"))
        query = query.outerjoin(organisation, organisation.id == getattr(CANDIDATE, f"{side}_organisation"))
    return query


PAIRS = _pairs()
IN_REGISTER = [
    or_(
        Persons[side].state == PersonState.ACTIVE,
        Organisations[side].id.is_not(None) & Organisations[side].deleted_at.is_(None),
    )
    for side in SIDES
]


def list_page(reader: Connection, request: ListDuplicates) -> Page[Duplicate]:
    """Pairs of a state whose contacts are both in the register."""
    query: Select[Any] = PAIRS.where(CANDIDATE.state == request.state, *IN_REGISTER)
    if request.kind:
        query = query.where(CANDIDATE.kind == request.kind)
    after = position(request.cursor, int, UUID)
    if after:
        query = query.where(tuple_(CANDIDATE.score, CANDIDATE.id) < tuple_(*after))
    rows = reader.execute(query.order_by(CANDIDATE.score.desc(), CANDIDATE.id.desc()).limit(request.limit + 1)).all()
    return page_of(rows, request.limit, lambda row: [row.score, str(row.id)], _pair)


def get(connection: Connection, candidate_id: UUID) -> Duplicate:
    """One pair; raises NotFound."""
    row = connection.execute(PAIRS.where(CANDIDATE.id == candidate_id)).first()
    if row is None:
        raise NotFound(f"There is no pair {candidate_id}.", id=candidate_id)
    return _pair(row)


def latest_scan(reader: Connection) -> Job:
    """The newest scan; raises NotFound when there was none."""
    rows = tables.jobs.c
    query = select(tables.jobs).where(rows.kind == models.SCAN_JOB).order_by(rows.created_at.desc()).limit(1)
    row = reader.execute(query).first()
    if row is None:
        raise NotFound("The register was not scanned for duplicates yet.")
    return jobs.as_contract(row)


def _pair(row: Any) -> Duplicate:
    return Duplicate(
        id=row.id,
        kind=row.kind,
        first=_contact(row, "first"),
        second=_contact(row, "second"),
        score=row.score,
        reasons=row.reasons,
        state=row.state,
        found_at=row.found_at,
        decided_at=row.decided_at,
    )


def _contact(row: Any, side: str) -> ComparedContact:
    of_person = row.kind is ContactKind.PERSON
    prefix, shown = ("p", PERSON_SHOWN) if of_person else ("o", ORGANISATION_SHOWN)
    value = {name: getattr(row, f"{prefix}_{side}_{name}") for name in shown}
    if of_person:
        value["name"] = f"{value.pop('given_name')} {value.pop('family_name')}".strip()
    return ComparedContact.model_construct(**value)
