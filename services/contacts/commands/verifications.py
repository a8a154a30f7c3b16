"""Contact points confirmed and marked: by the office, by their owners, by what came back (C19)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.ids import new_id
from contracts.bounces import MessageBounced
from contracts.contacts.contact_points import (
    ConfirmPoint,
    MarkPoint,
    Outcome,
    PointKind,
    Verification,
)
from contracts.errors import Conflict, Invalid, NotFound
from services.contacts import models, points
from services.contacts.commands import history
from services.contacts.commands.history import Author
from services.contacts.rules.verifications import PROBLEMS, was_used

ROW = models.Verification
REACHED_BY = {"email", "phone", "other_emails", "other_phones", "addresses"}
"""Columns of a contact whose values are contact points."""
FIELD = "contact_point."
"""Begins the names under which the history tells of contact points; what was said follows."""


def confirm(session: Session, request: ConfirmPoint, author: Author) -> Verification:
    """The value is right; raises NotFound when the contact does not have it (any more)."""
    point = _point(session, request)
    return _reply(add(session, point, Outcome.CONFIRMED, author))


def confirm_all(session: Session, contact_id: UUID, keys: Iterable[str], author: Author) -> None:
    """The values that were shown are right; of those that were changed since nothing is said."""
    wanted = set(keys)
    for point in points.of_contact(session, contact_id):
        if point.key in wanted:
            wanted.discard(point.key)
            add(session, point, Outcome.CONFIRMED, author)


def mark(session: Session, request: MarkPoint, author: Author, today: date) -> Verification:
    """Mail came back. Raises NotFound, and Invalid for a day to come or one after which it was confirmed."""
    point = _point(session, request)
    if request.happened_on and request.happened_on > today:
        raise Invalid.field("/happened_on", "in_future", "This day has not come yet; give the day it came back.")
    said_at = author.at
    if request.happened_on and request.happened_on < today:
        said_at = clock.start_of(request.happened_on + timedelta(days=1))
    if point.confirmed and point.verified_at > said_at:
        message = f"This was confirmed after that day, on {clock.local_date(point.verified_at)}."
        raise Invalid.field("/happened_on", "confirmed_since", message)
    outcome = PROBLEMS[PointKind(point.kind)]
    return _reply(add(session, point, outcome, author, said_at=said_at, reason=request.reason))


def note_bounce(session: Session, event: MessageBounced) -> None:
    """A message bounced; which value of the register it went to is found out by the worker."""
    values = {"message_id": event.message_id, "person_id": event.person_id, "bounced_at": event.bounced_at}
    session.execute(insert(models.Bounce).values(values).on_conflict_do_nothing(index_elements=["message_id"]))


def take_bounces(session: Session, bounces: Iterable[Any], used: Mapping[UUID, str], author: Author) -> None:
    """Mark the values that messages went to; `used` are the addresses by message. Of two workers one takes each."""
    rows = models.Bounce
    for each in bounces:
        mine = delete(rows).where(rows.message_id == each.message_id).returning(rows.person_id)
        person_id = session.scalar(mine)
        if person_id is not None:
            _take_bounce(session, person_id, used.get(each.message_id, ""), each.bounced_at, author)


def _take_bounce(session: Session, person_id: UUID, address: str, at: datetime, author: Author) -> None:
    """Nothing if the person has another address now, confirmed it since, or it is known already."""
    for point in points.of_contact(session, person_id):
        known = point.problem is not None or (point.confirmed and point.verified_at > at)
        if not known and was_used(point.kind, point.value, address):
            add(session, point, Outcome.BOUNCED, author, said_at=at)
            return


def tell_again(session: Session, contact_id: UUID, before: Iterable[str] | None, author: Author) -> None:
    """Somebody has entered values whose keys the contact did not have `before`: what came back from them is past.

    Nothing when `before` is None.
    """
    if before is None:
        return
    had = set(before)
    for point in points.of_contact(session, contact_id):
        if point.problem and point.key not in had:
            had.add(point.key)
            add(session, point, Outcome.CONFIRMED, author)


def keys_before(session: Session, contact_id: UUID, entered: Iterable[str]) -> list[str] | None:
    """The keys of what a contact is reached by now; None when no such field is `entered`, or no mail came back ever."""
    came_back = select(ROW.id).where(ROW.contact_id == contact_id, ROW.outcome != Outcome.CONFIRMED).limit(1)
    if REACHED_BY.isdisjoint(entered) or session.scalar(came_back) is None:
        return None
    return [point.key for point in points.of_contact(session, contact_id)]


def add(
    session: Session,
    point: Any,
    outcome: Outcome,
    author: Author,
    *,
    said_at: datetime | None = None,
    reason: str = "",
) -> models.Verification:
    """Keep a word about a contact point, and tell of it."""
    row = ROW(
        id=new_id(),
        contact_id=point.contact_id,
        kind=PointKind(point.kind),
        point=point.key,
        outcome=outcome,
        said_at=said_at or author.at,
        reason=reason,
        source=author.source,
        recorded_at=author.at,
        recorded_by=author.label,
    )
    session.add(row)
    session.flush()
    told = {"kind": point.kind, "value": point.value} | ({"reason": reason} if reason else {})
    history.record(session, point.contact_id, author, {f"{FIELD}{outcome.value}": (None, told)})
    return row


def undo(session: Session, verification_id: UUID, author: Author) -> None:
    """Take back the latest word about a value; raises NotFound, and Conflict when something was said since."""
    row = session.get(ROW, verification_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no verification {verification_id}.", id=verification_id)
    found = (each for each in points.of_contact(session, row.contact_id) if each.key == row.point)
    point = next(found, None)
    if point is not None and point.verification_id != row.id:
        raise Conflict("Something else was said about this since; look at the card.", code="said_since")
    told = {"kind": row.kind.value, "value": point.value if point else ""}
    session.delete(row)
    session.flush()
    history.record(session, row.contact_id, author, {f"{FIELD}{row.outcome.value}": (told, None)})


def _point(session: Session, request: ConfirmPoint) -> Any:
    for point in points.of_contact(session, request.id):
        if point.key == request.key:
            return point
    raise NotFound(f"The contact {request.id} has no such value (any more); read it again.", id=request.id)


def _reply(row: models.Verification) -> Verification:
    names = ("id", "contact_id", "outcome", "said_at")
    return Verification(**{name: getattr(row, name) for name in names}, key=row.point)
