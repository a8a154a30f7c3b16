"""Messages that bounced and whose addresses are to be marked (C19)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from services.contacts import models


def waiting(connection: Connection, most: int) -> Sequence[Any]:
    """Some that nobody has looked at yet."""
    return connection.execute(select(models.Bounce.__table__).limit(most)).all()
