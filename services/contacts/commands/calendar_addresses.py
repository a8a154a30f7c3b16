"""Secret addresses of calendars: made, renewed, withdrawn (A6). Each holder has one at most for a calendar."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.contacts.calendars import CalendarLevel, RevokeAddress
from contracts.errors import Conflict, NotFound
from services.contacts import models
from services.contacts.commands import calendars
from services.contacts.commands.history import Author

ROW = models.CalendarAddress


def make(session: Session, calendar_id: UUID, author: Author) -> tuple[models.CalendarAddress, str]:
    """A new address and its secret; the one before opens nothing any more. Raises NotFound and Conflict."""
    calendar = calendars.locked(session, calendar_id, author)
    if calendar.level is CalendarLevel.PUBLIC:
        raise Conflict("A public calendar needs no secret address.", code="calendar_public")
    _revoke(session, author, ROW.calendar_id == calendar_id)
    token = secrets.token_urlsafe(32)
    made = ROW(
        id=new_id(), calendar_id=calendar_id, holder=author.label, token_hash=stored(token), created_at=author.at
    )
    session.add(made)
    session.flush()
    return made, token


def revoke(session: Session, request: RevokeAddress, author: Author) -> None:
    """Withdraw one's own address; again, it stays withdrawn. Raises NotFound."""
    if not _revoke(session, author, ROW.id == request.id, ROW.calendar_id == request.calendar_id):
        found = session.get(ROW, request.id)
        if found is None or found.holder != author.label or found.calendar_id != request.calendar_id:
            raise NotFound(f"There is no address {request.id}.", id=request.id)


def _revoke(session: Session, author: Author, *which: ColumnElement[bool]) -> bool:
    works = update(ROW).where(ROW.holder == author.label, ROW.revoked_at.is_(None), *which)
    return bool(session.execute(works.values(revoked_at=author.at).returning(ROW.id)).all())


def stored(token: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).digest()
