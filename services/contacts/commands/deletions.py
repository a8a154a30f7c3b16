"""What people delete is kept for a while, to be brought back, and then forgotten."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from services.contacts.commands.history import Author

KEPT = timedelta(days=30)
"""How long what was deleted can be restored."""


def take_away(thing: Any, author: Author) -> None:
    """Mark a locked row as deleted."""
    thing.deleted_at = author.at
    thing.version += 1


def bring_back(session: Session, thing: Any) -> None:
    """Undo that; a row that is there stays as it is."""
    if thing.deleted_at is not None:
        thing.deleted_at = None
        thing.version += 1
        session.flush()


def forget(session: Session, rows: Any, now: datetime, limit: int, *but: ColumnElement[bool]) -> int:
    """Remove the rows deleted long ago that fulfil `but`, at most `limit`; how many."""
    old = select(rows.id).where(rows.deleted_at < now - KEPT, *but).limit(limit).with_for_update(skip_locked=True)
    ids = session.scalars(old).all()
    session.execute(delete(rows).where(rows.id.in_(ids)))
    return len(ids)
