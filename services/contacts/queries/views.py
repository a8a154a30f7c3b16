"""What a user has chosen to see."""

from sqlalchemy import Connection, bindparam, select

from contracts.contacts.views import View, Views
from services.contacts import models

ROWS = models.View.__table__.c
OWN = select(ROWS.name, ROWS.shown, ROWS.hidden).where(ROWS.owner == bindparam("owner")).order_by(ROWS.name)


def of(reader: Connection, owner: str) -> Views:
    """All views that somebody has chosen."""
    found = reader.execute(OWN, {"owner": owner})
    return Views.model_construct(
        data=[View.model_construct(name=row.name, shown=row.shown, hidden=row.hidden) for row in found]
    )
