"""The masters of fields as they are set, and the origins of values as they are stored (C12)."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from contracts.contacts.masters import Masters
from services.contacts import models
from services.contacts.rules.masters import Mastership

TABLE: Any = models.FieldOrigin.__table__
ORIGINS = TABLE.c
SETTINGS: Any = models.MasterSettings.__table__
KINDS = {"person": "persons", "organisation": "organisations"}
"""Column of the settings by kind of contact."""


def settings(reader: Connection | Session) -> Masters:
    """The settings; as a new register has them when nobody has set any."""
    row = reader.execute(select(SETTINGS)).first()
    if row is None:
        return Masters(version=1)
    return Masters.model_validate({name: getattr(row, name) for name in Masters.model_fields})


def mastership(reader: Connection | Session, kind: str) -> Mastership:
    """The masters of one kind of contact."""
    found = settings(reader)
    return Mastership(getattr(found, KINDS[kind]), found.accounting_link)


def origins(session: Session, ids: Iterable[UUID]) -> dict[tuple[UUID, str], Any]:
    """Stored origins by contact and field."""
    rows = session.execute(select(TABLE).where(ORIGINS.subject_id.in_(list(ids))))
    return {(row.subject_id, row.field): row for row in rows}
