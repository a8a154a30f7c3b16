"""Names of projects, for what belongs to them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.contacts import models


def project_names(connection: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """By id; deleted projects are not named."""
    wanted = {each for each in ids if each}
    if not wanted:
        return {}
    row = models.Project
    found = connection.execute(select(row.id, row.name).where(row.id.in_(wanted), row.deleted_at.is_(None)))
    return {each.id: each.name for each in found}
