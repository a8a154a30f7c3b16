"""Fees: which invoice bills which period, and which periods are paid (M9). Commerce bills and collects."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.errors import Conflict
from contracts.membership import MembershipActivated
from services.membership.commands.history import note
from services.membership.models import Membership, MembershipPeriod


def record_invoice(session: Session, membership_id: UUID, invoice_id: UUID) -> MembershipPeriod | None:
    """The period that the invoice bills: the one it was recorded for, else the oldest unpaid, unbilled ones first.

    None when nothing is left to pay. Raises Conflict when the membership is not known here (yet).
    """
    _lock(session, membership_id)
    period = MembershipPeriod
    known = session.scalar(select(period).where(period.membership_id == membership_id, period.invoice_id == invoice_id))
    if known is not None:
        return known
    billed = session.scalar(
        select(period)
        .where(period.membership_id == membership_id, period.paid_on.is_(None))
        .order_by(period.invoice_id.is_not(None), period.starts_on)
        .limit(1)
    )
    if billed is not None:
        billed.invoice_id = invoice_id
        session.flush()
    return billed


def _lock(session: Session, membership_id: UUID) -> None:
    found = session.scalar(select(Membership.id).where(Membership.id == membership_id).with_for_update(key_share=True))
    if found is None:
        raise Conflict(f"Membership {membership_id} is not known here yet.", id=membership_id)


def record_payment(
    session: Session, membership_id: UUID, invoice_id: UUID, *, paid_on: date, by: str, now: datetime
) -> None:
    """The invoice's period is paid; the first payment activates the membership, once."""
    period = record_invoice(session, membership_id, invoice_id)
    if period is None or period.paid_on is not None:
        return
    period.paid_on = paid_on
    session.flush()
    activated = session.execute(
        update(Membership)
        .where(Membership.id == membership_id)
        .values(activated_at=func.coalesce(Membership.activated_at, now), version=Membership.version + 1)
        .returning(Membership.person_id, Membership.version, Membership.activated_at == now, Membership.ended_on)
    ).one()
    person_id, version, first, ended_on = activated
    note(session, membership_id, "activated" if first else "renewed", paid_on, by=by, now=now)
    if first and (ended_on is None or ended_on > paid_on):
        event = MembershipActivated(membership_id=membership_id, person_id=person_id, paid_until=period.ends_on)
        outbox.record(session, event, version=version)
