"""Persons by the e-mail address or phone number that they have in an organisation, now or formerly (C10)."""

import re
from typing import Any

from sqlalchemy import ColumnElement, any_, func, select

from services.contacts import models

PERSONS = models.Person.__table__.c
AFFILIATIONS = models.Affiliation.__table__.c
SPECIAL = re.compile(r"[%_/]")
MOST = 1_000
"""So many persons are found this way; whoever types more letters finds the others."""


def beginning(typed: str) -> str:
    """The pattern of texts that begin so, for LIKE with the escape `/`."""
    return SPECIAL.sub(r"/\g<0>", typed) + "%"


def has_work_email(pattern: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an affiliation's e-mail address is like this, in whatever case."""
    return _has(AFFILIATIONS.email.is_not(None) & AFFILIATIONS.email.ilike(pattern, escape="/"))


def has_work_phone(digits: str) -> ColumnElement[bool]:
    """Whether an affiliation's phone number has these digits."""
    return _has(AFFILIATIONS.phone.is_not(None) & AFFILIATIONS.phone.contains(digits, autoescape=True))


def _has(found: ColumnElement[bool]) -> ColumnElement[bool]:
    """An array that is made once lets the planner join the index of ids with others; a subquery makes it read all."""
    ids: Any = select(AFFILIATIONS.person_id).where(found).distinct().order_by(AFFILIATIONS.person_id).limit(MOST)
    return PERSONS.id == any_(func.array(ids.scalar_subquery()))
