"""Contact points as the view of them shows them, for commands and queries (C19)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from contracts.contacts.contact_points import ContactPoint
from services.contacts import models

Reader = Connection | Session
POINTS = models.CONTACT_POINTS.c
KINDS = ("email", "phone", "address")
SHOWN = tuple(POINTS[name] for name in (*ContactPoint.model_fields, "contact_id"))


def of_contact(reader: Reader, contact_id: UUID) -> list[Any]:
    """The contact points of a person or an organisation under the id it is known by: e-mail, phone, addresses."""
    rows = reader.execute(select(*SHOWN).where(POINTS.contact_id == func.known_as(contact_id))).all()
    return sorted(rows, key=lambda row: KINDS.index(row.kind))


def spoken_of(reader: Reader, person_ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The contact points of these persons that somebody confirmed or from which mail came back.

    These persons alone are looked at closely.
    """
    words = models.Verification.__table__.c
    known = select(words.contact_id).where(words.contact_id.in_(list(person_ids))).distinct()
    ids = [row.contact_id for row in reader.execute(known)]
    found: dict[UUID, list[Any]] = {}
    if ids:
        columns = (*SHOWN, POINTS.entry)
        for row in reader.execute(
            select(*columns).where(POINTS.contact_id.in_(ids), POINTS.verification_id.is_not(None))
        ):
            found.setdefault(row.contact_id, []).append(row)
    return found
