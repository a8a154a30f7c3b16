"""What lies above and below an organisation (C4)."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, text

from contracts.contacts.organisations import Hierarchy, OrganisationInHierarchy
from services.contacts.queries import organisations

MOST: Final = 200
ABOVE = text(
    """
    WITH RECURSIVE line AS (
        SELECT id, parent_id, name, city, 0 AS depth FROM organisations WHERE id = :id
        UNION ALL
        SELECT o.id, o.parent_id, o.name, o.city, line.depth - 1
          FROM organisations o JOIN line ON o.id = line.parent_id WHERE o.deleted_at IS NULL
    )
    SELECT id, name, city, depth FROM line WHERE depth < 0 ORDER BY depth
    """
)
BELOW = text(
    """
    WITH RECURSIVE tree AS (
        SELECT id, name, city, 0 AS depth, CAST(ARRAY[] AS text[]) COLLATE "C" AS place
          FROM organisations WHERE id = :id
        UNION ALL
        SELECT o.id, o.name, o.city, tree.depth + 1, tree.place || (o.sort_key || ' ' || o.id)
          FROM organisations o JOIN tree ON o.parent_id = tree.id WHERE o.deleted_at IS NULL
    )
    SELECT id, name, city, depth FROM tree WHERE depth > 0 ORDER BY place LIMIT :most
    """
)


def of_organisation(reader: Connection, organisation_id: UUID) -> Hierarchy:
    """Its whole line upwards, and the first 200 below; raises NotFound."""
    organisation_id = organisations.get(reader, organisation_id).id
    above = reader.execute(ABOVE, {"id": organisation_id}).all()
    below = reader.execute(BELOW, {"id": organisation_id, "most": MOST + 1}).all()
    return Hierarchy(above=_told(above), below=_told(below[:MOST]), more=len(below) > MOST)


def _told(rows: Any) -> list[OrganisationInHierarchy]:
    return [OrganisationInHierarchy.model_validate(row._asdict()) for row in rows]
