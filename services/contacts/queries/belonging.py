"""Who is whom, and who belonged to an organisation on a day: parts of queries over links to contacts."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from services.contacts import models

PERSONS = models.Person.__table__.c
AFFILIATIONS = models.Affiliation.__table__.c


def same_person(person_id: UUID) -> Any:
    """All ids under which this person has been known."""
    known = select(func.coalesce(PERSONS.linked_to, PERSONS.id)).where(PERSONS.id == person_id).scalar_subquery()
    return select(PERSONS.id).where(or_(PERSONS.id == known, PERSONS.linked_to == known))


def belongs(person_id: ColumnElement[Any], organisation_id: UUID, on: Any) -> ColumnElement[bool]:
    """The condition on an affiliation that joins this person to the organisation on the day `on`."""
    return and_(
        AFFILIATIONS.person_id == person_id,
        AFFILIATIONS.organisation_id == func.known_as(organisation_id),
        or_(AFFILIATIONS.starts_on.is_(None), AFFILIATIONS.starts_on <= on),
        or_(AFFILIATIONS.ends_on.is_(None), AFFILIATIONS.ends_on >= on),
    )
