"""The history of memberships (M4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from services.membership.models import MembershipChange


def note(
    session: Session, membership_id: UUID, kind: str, on: date, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Write down what happened to a membership on a date: `joined`, `activated`, `ended` ..."""
    session.execute(
        insert(MembershipChange).values(
            id=new_id(),
            membership_id=membership_id,
            kind=kind,
            happened_on=on,
            reason=reason,
            recorded_at=now,
            recorded_by=by,
        )
    )
