"""Contacts that may be the same person (C13): candidates by index, scored by name and by what agrees."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Connection, false, func, or_, select

from contracts.contacts.similar import FindSimilar, FindSimilarTo, SimilarPerson, SimilarPersons
from contracts.errors import NotFound
from services.contacts import models
from services.contacts.queries import likeness, names
from services.contacts.queries.persons import ACTIVE
from services.contacts.replies import person_summary_of
from services.contacts.rules.names import fold
from services.contacts.rules.values import normalise

PERSONS = models.Person.__table__.c
MAX_CANDIDATES = 300
SHOWN_FROM = 50.0
WEIGHTS = {"same_email": 30.0, "same_phone": 25.0, "same_birth_date": 25.0}
NAME_WEIGHT = 0.6
SIMILAR_NAME_FROM = 85.0
OTHER_BIRTH_DATE = -30.0


def find(reader: Connection, request: FindSimilar) -> SimilarPersons:
    """Existing contacts alike the person `request.id`, best first; raises NotFound."""
    person = reader.execute(select(models.Person.__table__).where(PERSONS.id == request.id)).first()
    if person is None:
        raise NotFound(f"There is no person {request.id}.", id=request.id)
    return _alike(reader, person, {person.id, person.linked_to}, request.limit)


def find_to(reader: Connection, request: FindSimilarTo) -> SimilarPersons:
    """Existing contacts alike the person described, best first; what would be refused at entry counts for nothing."""
    given, wrong = normalise(request.model_dump(exclude={"limit"}))
    given |= {each.pointer.lstrip("/"): None for each in wrong}
    person = SimpleNamespace(**given, email_key=given["email"].lower() if given["email"] else None)
    return _alike(reader, person, set(), request.limit)


def _alike(reader: Connection, person: Any, but: set[UUID | None], limit: int) -> SimilarPersons:
    found = [_compared(person, row) for row in _candidates(reader, person) if row.id not in but]
    found = [each for each in found if each.score >= SHOWN_FROM]
    found.sort(key=lambda each: (-each.score, each.person.name, each.person.id))
    return SimilarPersons(data=found[:limit])


def _candidates(reader: Connection, person: Any) -> list[Any]:
    words = fold(f"{person.given_name} {person.family_name}")
    groups = [fold(person.given_name).split(), *([each] for each in fold(person.family_name).split())]
    alike = names.every_word(likeness.prepare(reader), groups, likeness.LEAST)
    very, values = alike[0] if alike else (false(), {})
    agreeing = [
        column == value
        for column, value in (
            (PERSONS.email_key, person.email_key),
            (PERSONS.phone, person.phone),
            (PERSONS.birth_date, person.birth_date),
        )
        if value is not None
    ]
    query = (
        select(models.Person.__table__)
        .where(ACTIVE, or_(very, *agreeing))
        .order_by(*(each.is_(True).desc() for each in agreeing), func.word_similarity(words, PERSONS.search).desc())
        .limit(MAX_CANDIDATES)
    )
    return list(likeness.prepare(reader).execute(query, values))


def _compared(person: Any, other: Any) -> SimilarPerson:
    name = fuzz.token_sort_ratio(
        fold(f"{person.given_name} {person.family_name}"), fold(f"{other.given_name} {other.family_name}")
    )
    reasons = ["similar_name"] if name >= SIMILAR_NAME_FROM else []
    for reason, attribute in (("same_email", "email_key"), ("same_phone", "phone"), ("same_birth_date", "birth_date")):
        value = getattr(person, attribute)
        if value is not None and value == getattr(other, attribute):
            reasons.append(reason)
    score = NAME_WEIGHT * name + sum(WEIGHTS.get(reason, 0.0) for reason in reasons)
    if person.birth_date and other.birth_date and person.birth_date != other.birth_date:
        score += OTHER_BIRTH_DATE
    return SimilarPerson(person=person_summary_of(other), score=round(min(max(score, 0.0), 100.0), 1), reasons=reasons)
