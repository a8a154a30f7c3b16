"""What people delete is kept for a while, to be brought back, and then forgotten."""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from contracts.errors import NotFound
from services.contacts import models
from services.contacts.commands.history import Author

KEPT = timedelta(days=30)
"""How long what was deleted can be restored."""

Thing = TypeVar("Thing", bound=models.Activity | models.Document | models.Project | models.Segment | models.Task)


def locked(
    session: Session, model: type[Thing], thing_id: UUID, *, deleted: bool = False, author: Author | None = None
) -> Thing:
    """The row, locked; raises NotFound, also for a deleted one unless `deleted`, and for what is private to another."""
    found = session.get(model, thing_id, with_for_update=True)
    if found is None or (found.deleted_at is not None and not deleted) or _is_hidden(found, author):
        raise NotFound(f"There is no {model.__name__.lower()} {thing_id}.", id=thing_id)
    return found


def _is_hidden(thing: Any, author: Author | None) -> bool:
    return getattr(thing, "private", False) and (author is None or thing.recorded_by != author.label)


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
