"""Memberships opened and ended by staff."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.errors import Conflict, Invalid, NotFound
from contracts.membership import EndMembership
from services.membership.commands import agreements
from services.membership.commands.history import note
from services.membership.models import Agreement, Membership


def open_membership(session: Session, opening: agreements.Opening, today: date, now: datetime) -> UUID:
    """A membership without an application; its id. Raises Conflict when the person holds one of the type."""
    if agreements.find_held(session, opening, today) is not None:
        raise agreements.already_member()
    return agreements.open_agreement(session, opening, today, now).id


def end_membership(session: Session, request: EndMembership, *, by: str, now: datetime) -> None:
    """End a membership and its agreement; `ended_on` is the first day without it.

    Raises NotFound, Invalid, Conflict.
    """
    agreement_id = session.scalar(
        update(Membership)
        .where(Membership.id == request.id, Membership.ended_on.is_(None), Membership.joined_on <= request.ended_on)
        .values(ended_on=request.ended_on, version=Membership.version + 1)
        .returning(Membership.agreement_id)
    )
    if agreement_id is None:
        raise _why_not(session.get(Membership, request.id), request)
    session.execute(update(Agreement).where(Agreement.id == agreement_id).values(ended_on=request.ended_on))
    note(session, request.id, "ended", request.ended_on, by=by, now=now, reason=request.reason)


def _why_not(membership: Membership | None, request: EndMembership) -> Exception:
    if membership is None:
        return NotFound(f"There is no membership {request.id}.", id=request.id)
    if membership.ended_on is not None:
        return Conflict(
            f"Membership {membership.number} ended on {membership.ended_on} already.",
            code="already_ended",
            ended_on=membership.ended_on,
        )
    return Invalid.field(
        "/ended_on",
        "before_joining",
        f"The member joined on {membership.joined_on}; the end cannot lie before that.",
        joined_on=membership.joined_on,
    )
