"""What membership holds about persons (C17). Memberships stay, as the ids of nobody, for the statistics."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, select, update
from sqlalchemy.orm import Session

from chassis.clock import local_date
from chassis.personal_data import Holding, by
from chassis.striking import Written
from contracts.membership import ApplicationState, EndMembership
from services.membership import models
from services.membership.commands import memberships

ERASED = "erased"
BY = "system:membership"


def _of_memberships(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    own = select(models.Membership.id).where(models.Membership.person_id.in_(ids))
    found: ColumnElement[bool] = model.membership_id.in_(own)
    return found


HOLDINGS = (
    Holding(
        "applications",
        models.Application,
        by("person_id", "proposed_id"),
        emptied={
            "answers": {},
            "message": "",
            "reason": case((models.Application.state == ApplicationState.REJECTED, ERASED), else_=""),
        },
    ),
    Holding("agreements", models.Agreement, by("person_id", "payer_id"), kept=True),
    Holding("memberships", models.Membership, by("person_id", "payer_id"), kept=True),
    Holding("membership_periods", models.MembershipPeriod, _of_memberships, kept=True),
    Holding("membership_changes", models.MembershipChange, _of_memberships, emptied={"reason": "", "details": {}}),
)


def _paid_by_them(ids: Sequence[UUID]) -> Select[Any]:
    """Lines in the histories of memberships for which the persons pay."""
    of_them = select(models.Membership.id).where(models.Membership.payer_id.in_(ids))
    return select(models.MembershipChange.id).where(models.MembershipChange.membership_id.in_(of_them))


WRITTEN = (
    Written(models.MembershipType, ("name", "description")),
    Written(models.Application, ("answers", "message", "reason")),
    Written(models.MembershipChange, ("reason", "details"), _paid_by_them),
)


def end(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Withdraw open applications and end memberships: nobody is left to be a member."""
    session.execute(
        update(models.Application)
        .where(models.Application.person_id.in_(ids), models.Application.state == ApplicationState.SUBMITTED)
        .values(state=ApplicationState.WITHDRAWN, version=models.Application.version + 1)
    )
    today = local_date(now)
    running = select(models.Membership).where(
        models.Membership.person_id.in_(ids), models.Membership.ended_on.is_(None)
    )
    for each in session.scalars(running.with_for_update()).all():
        request = EndMembership(id=each.id, ended_on=max(today, each.joined_on), reason=ERASED)
        memberships.end_membership(session, request, by=BY, now=now)
