"""Checking what a contact is given against the register: field definitions, values, unique numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contracts.contacts.basics import ContactBasics
from contracts.errors import Conflict, FieldError, Invalid, Stale
from services.contacts import models
from services.contacts.rules import fields, values
from services.contacts.rules.masters import UNTOLD

TAKEN = {
    "uq_persons_customer_number": ("customer_number_taken", "Another person has this customer number."),
    "uq_organisations_customer_number": ("customer_number_taken", "Another organisation has this customer number."),
    "uq_organisations_business_id": ("business_id_taken", "Another organisation has this business id (Y-tunnus)."),
}


def checked(
    session: Session, applies_to: str, given: dict[str, Any], existing_fields: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The given values as they are stored; raises Invalid with a pointer for each wrong one."""
    stored, errors = values.normalise(given)
    if "fields" in stored:
        codes = list(stored["fields"])
        stored["fields"], wrong = fields.merge(
            definitions(session, applies_to, codes), existing_fields or {}, stored["fields"]
        )
        errors += wrong
    refuse(errors)
    return stored


def told(given: ContactBasics) -> list[str]:
    """Fields that say what a new contact of a file has without being told."""
    return [name for name, value in UNTOLD.items() if getattr(given, name) == value]


def refuse(errors: list[FieldError]) -> None:
    """Raise Invalid if anything is wrong."""
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def refuse_stale(version: int, known: int) -> None:
    """Raise Stale when the caller knows another version than the one there is."""
    if version != known:
        raise Stale(
            f"This has changed since you read it (version {version}, you have {known}); read it again.",
            version=version,
        )


def cleared(names: list[str], emptied: Mapping[str, Any]) -> dict[str, Any]:
    """The values that empty these fields, of those that can be; raises Invalid for another field."""
    for place, name in enumerate(names):
        if name not in emptied:
            raise Invalid.field(f"/clear/{place}", "not_clearable", f"{name} cannot be emptied.")
    return {name: emptied[name] for name in names}


def definitions(session: Session, applies_to: str, codes: list[str]) -> dict[str, models.Field]:
    """Definitions of additional fields by code."""
    if not codes:
        return {}
    wanted = (models.Field.applies_to == applies_to, models.Field.code.in_(codes))
    return {each.code: each for each in session.scalars(select(models.Field).where(*wanted))}


@contextmanager
def unique_numbers() -> Iterator[None]:
    """Turn the database's refusal of a number that is taken into a Conflict. Flush inside the block."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        if name not in TAKEN:
            raise
        code, message = TAKEN[name]
        raise Conflict(message, code=code) from None
