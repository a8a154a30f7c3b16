"""Organisations that may be the same (C13): candidates by index, scored by name and by what agrees."""

from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import Connection, func, literal, or_, select

from contracts.contacts.similar import (
    FindSimilar,
    FindSimilarOrganisationsTo,
    SimilarOrganisation,
    SimilarOrganisations,
)
from services.contacts import models
from services.contacts.queries import likeness, organisations
from services.contacts.queries.organisations import IN_REGISTER, ORGANISATIONS
from services.contacts.replies import organisation_summary_of
from services.contacts.rules.duplicate_organisations import PUBLIC_DOMAINS, bare_name, how_named
from services.contacts.rules.names import fold
from services.contacts.rules.values import normalise

MAX_CANDIDATES: Final = 300
SHOWN_FROM: Final = 50.0
NAME_WEIGHT: Final = 0.6
WEIGHTS: Final = {
    "same_business_id": 60.0, "same_customer_number": 50.0, "same_email": 30.0, "same_phone": 25.0, "same_domain": 20.0,
}  # fmt: skip
COMPARED: Final = (
    ("same_business_id", "business_id"), ("same_customer_number", "customer_number"), ("same_email", "email_key"),
    ("same_phone", "phone"),
)  # fmt: skip
OTHER_BUSINESS_ID: Final = -60.0
"""Two business ids are two organisations."""


def find(reader: Connection, request: FindSimilar) -> SimilarOrganisations:
    """Organisations alike the one with this id, best first; raises NotFound."""
    known = organisations.get(reader, request.id).id
    row = reader.execute(select(models.Organisation.__table__).where(ORGANISATIONS.id == known)).one()
    return _alike(reader, row, known, request.limit)


def find_to(reader: Connection, request: FindSimilarOrganisationsTo) -> SimilarOrganisations:
    """Organisations alike the one described, best first; what would be refused at entry counts for nothing."""
    given, wrong = normalise(request.model_dump(exclude={"limit"}))
    given |= {each.pointer.lstrip("/"): None for each in wrong}
    given |= {name: given[name] or "" for name in ("name", "city")}
    email_key = given["email"].lower() if given["email"] else None
    return _alike(reader, SimpleNamespace(**given, email_key=email_key), None, request.limit)


def _alike(reader: Connection, asked: Any, but: UUID | None, limit: int) -> SimilarOrganisations:
    found = [_compared(asked, row) for row in _candidates(reader, asked) if row.id != but]
    found = [each for each in found if each.score >= SHOWN_FROM]
    found.sort(key=lambda each: (-each.score, each.organisation.name, each.organisation.id))
    return SimilarOrganisations(data=found[:limit])


def _candidates(reader: Connection, asked: Any) -> list[Any]:
    words = bare_name(asked.name)
    alike = literal(words).op("<%", is_comparison=True)(ORGANISATIONS.search)
    named = ((ORGANISATIONS[column], getattr(asked, column)) for _reason, column in COMPARED)
    agreeing = [column == value for column, value in named if value is not None]
    query = (
        select(models.Organisation.__table__)
        .where(IN_REGISTER, or_(alike, *agreeing))
        .order_by(
            *(each.is_(True).desc() for each in agreeing), func.word_similarity(words, ORGANISATIONS.search).desc()
        )
        .limit(MAX_CANDIDATES)
    )
    return list(likeness.prepare(reader).execute(query))


def _compared(asked: Any, other: Any) -> SimilarOrganisation:
    one, two = bare_name(asked.name), bare_name(other.name)
    naming = how_named(one, two)
    reasons = [*([naming] if naming else []), *_agreeing(asked, other)]
    likeness_of_names = 100.0 if naming == "same_name" else fuzz.token_sort_ratio(one, two)
    score = NAME_WEIGHT * likeness_of_names + sum(WEIGHTS.get(reason, 0.0) for reason in reasons)
    if asked.business_id and other.business_id and asked.business_id != other.business_id:
        score += OTHER_BUSINESS_ID
    score = round(min(max(score, 0.0), 100.0), 1)
    return SimilarOrganisation(organisation=organisation_summary_of(other), score=score, reasons=reasons)


def _agreeing(asked: Any, other: Any) -> list[str]:
    found = [
        reason
        for reason, column in COMPARED
        if getattr(asked, column) is not None and getattr(asked, column) == getattr(other, column)
    ]
    return found if "same_email" in found or not _same_domain(asked, other) else [*found, "same_domain"]


def _same_domain(asked: Any, other: Any) -> bool:
    """The same e-mail domain in the same town."""
    domain = _domain(asked)
    return bool(domain and asked.city) and domain == _domain(other) and fold(asked.city) == fold(other.city)


def _domain(organisation: Any) -> str:
    domain = (organisation.email_key or "").rpartition("@")[2]
    return "" if domain in PUBLIC_DOMAINS else domain
