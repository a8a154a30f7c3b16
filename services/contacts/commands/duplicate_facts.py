"""Comparing pairs of contacts by what the register knows of them (C13)."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.contacts.about import ContactKind
from contracts.contacts.persons import PersonState
from services.contacts import models
from services.contacts.rules import duplicate_organisations, duplicates
from services.contacts.rules.duplicates import Likeness

PERSON, ORGANISATION = models.Person, models.Organisation
RULES: Final[dict[ContactKind, ModuleType]] = {
    ContactKind.PERSON: duplicates,
    ContactKind.ORGANISATION: duplicate_organisations,
}
PERSONS = (
    PERSON.id, PERSON.given_name, PERSON.family_name, PERSON.birth_date, PERSON.email_key, PERSON.other_emails,
    PERSON.phone, PERSON.other_phones, PERSON.addresses,
)  # fmt: skip
ORGANISATIONS = (
    ORGANISATION.id, ORGANISATION.parent_id, ORGANISATION.name, ORGANISATION.business_id, ORGANISATION.city,
    ORGANISATION.email_key, ORGANISATION.other_emails, ORGANISATION.phone, ORGANISATION.other_phones,
    ORGANISATION.addresses,
)  # fmt: skip
Facts = tuple[ContactKind, Any]
"""The kind of a contact, and what its rules compare."""
Alike = tuple[ContactKind, UUID, UUID, Likeness, str]
"""Kind and ids of a pair, how alike the two are, and the fingerprint of what was compared."""


def by_id(session: Session, ids: set[UUID]) -> dict[UUID, Facts]:
    """What is compared of the contacts that are in the register."""
    asked = func.any(list(ids))
    persons = select(*PERSONS).where(PERSON.id == asked, PERSON.state == PersonState.ACTIVE)
    organisations = select(*ORGANISATIONS).where(ORGANISATION.id == asked, ORGANISATION.deleted_at.is_(None))
    found: dict[UUID, Facts] = {}
    for kind, query in ((ContactKind.PERSON, persons), (ContactKind.ORGANISATION, organisations)):
        found |= {row.id: (kind, RULES[kind].facts_of(row)) for row in session.execute(query)}
    return found


def alike(session: Session, pairs: Sequence[tuple[str, str]], bearers: Mapping[str, int]) -> list[Alike]:
    """Those pairs that may be one contact.

    Of many pairs few are alike: ids become UUIDs only of those, as making them takes long.
    """
    ids = {UUID(each) for each in {each for pair in pairs for each in pair}}
    facts = {str(contact_id): each for contact_id, each in by_id(session, ids).items()}
    found = []
    for first_id, second_id in pairs:
        one, other = facts.get(first_id), facts.get(second_id)
        if one and other and (likeness := RULES[one[0]].compare(one[1], other[1], bearers)):
            found.append((one[0], UUID(first_id), UUID(second_id), likeness, fingerprint(one, other)))
    return found


def fingerprint(one: Facts, other: Facts) -> str:
    """Changes when one of the two changes in something that is compared."""
    told: str = RULES[one[0]].fingerprint(one[1], other[1])
    return told
