"""Pairs of contacts that may be the same person, the most alike first; the latest scan (C13)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, tuple_
from sqlalchemy.orm import aliased

from chassis import jobs, tables
from contracts.base import Job, Page
from contracts.contacts.duplicates import Duplicate, ListDuplicates
from contracts.contacts.persons import PersonState, PersonSummary
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries.pages import page_of, position

CANDIDATE = models.DuplicateCandidate
First, Second = aliased(models.Person), aliased(models.Person)
SHOWN = ("id", "given_name", "family_name", "email", "phone", "city", "tags")


def _columns(person: Any, prefix: str) -> list[Any]:
    return [getattr(person, name).label(f"{prefix}_{name}") for name in SHOWN]


PAIRS = (
    select(CANDIDATE.__table__, *_columns(First, "one"), *_columns(Second, "other"))
    .join(First, First.id == CANDIDATE.first_id)
    .join(Second, Second.id == CANDIDATE.second_id)
)


def list_page(reader: Connection, request: ListDuplicates) -> Page[Duplicate]:
    """Pairs of a state whose persons are both in the register."""
    in_register = First.state == PersonState.ACTIVE, Second.state == PersonState.ACTIVE
    query: Select[Any] = PAIRS.where(CANDIDATE.state == request.state, *in_register)
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
        first=_person(row, "one"),
        second=_person(row, "other"),
        score=row.score,
        reasons=row.reasons,
        state=row.state,
        found_at=row.found_at,
        decided_at=row.decided_at,
    )


def _person(row: Any, prefix: str) -> PersonSummary:
    value = {name: getattr(row, f"{prefix}_{name}") for name in SHOWN}
    name = f"{value.pop('given_name')} {value.pop('family_name')}".strip()
    return PersonSummary.model_construct(name=name, **value)
