"""Refunds through the provider (E4): noted as sent and committed first, then sent, so that none is sent twice unseen.

The provider does not recognise a refund it has seen. After a lost answer its callback tells the end; only a refund of
all that is left may be sent again, because the provider refuses to give back more than it has.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import crash
from chassis.logs import log
from services.commerce import models
from services.commerce.commands import refunds
from services.commerce.models import RefundState
from services.commerce.paytrail import PaymentProviderRefused, PaymentProviderUnavailable
from services.commerce.process.provider import callback_address, provider

Transactions = Callable[[], AbstractContextManager[Session]]
AWAIT_CALLBACK = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Claimed:
    """A refund that is ours to send; `again` when an earlier sending had no answer."""

    refund: models.Refund
    transaction_id: str | None
    again: bool


def send_next(transaction: Transactions, today: date, now: datetime) -> bool:
    """Send one refund that is due; False when there is none."""
    with transaction() as session:
        claimed = _claim(session, now)
    if claimed is None:
        return False
    crash.point("commerce.refund_noted")
    if claimed.transaction_id is None:
        with transaction() as session:
            refunds.fail(session, claimed.refund.id, "the provider's transaction is not known", certain=True)
        return True
    _send(transaction, claimed, claimed.transaction_id, today, now)
    return True


def _claim(session: Session, now: datetime) -> Claimed | None:
    table, payments = models.Refund, models.Payment
    refund = session.scalars(
        select(table)
        .where(table.state.in_(refunds.SENDABLE), table.next_at <= now)
        .order_by(table.next_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if refund is None:
        return None
    payment = session.execute(
        select(payments.transaction_id, payments.amount).where(payments.id == refund.payment_id)
    ).one()
    again = refund.state is RefundState.SENT
    refund.next_at = now + AWAIT_CALLBACK
    if again and refund.amount != payment.amount:
        log.error("refund_unanswered", refund_id=str(refund.id))
        refund.next_at = now + timedelta(hours=1)
        session.flush()
        return None
    refund.state, refund.attempts = RefundState.SENT, refund.attempts + 1
    session.flush()
    return Claimed(refund, payment.transaction_id, again or refund.attempts > 1)


def _send(transaction: Transactions, claimed: Claimed, transaction_id: str, today: date, now: datetime) -> None:
    refund, address = claimed.refund, callback_address()
    try:
        answer = provider().refund(
            transaction_id,
            refund.amount,
            stamp=str(refund.id),
            reference=str(refund.id),
            success_url=address,
            cancel_url=address,
        )
    except PaymentProviderRefused as error:
        with transaction() as session:
            refunds.fail(session, refund.id, f"{error.status} {error.message}", certain=not claimed.again)
        return
    except PaymentProviderUnavailable as error:
        log.warning("payment_provider_away", refund_id=str(refund.id))
        if not error.sent and not claimed.again:
            _try_later(transaction, refund.id, now)
        return
    crash.point("commerce.refund_sent")
    if answer.status == "ok":
        with transaction() as session:
            refunds.complete(session, refund.id, answer.transaction_id or None, today, now)
    elif answer.status == "fail":
        with transaction() as session:
            refunds.fail(session, refund.id, "the provider could not give the money back", certain=True)


def _try_later(transaction: Transactions, refund_id: UUID, now: datetime) -> None:
    """It surely was not sent: back in line."""
    table = models.Refund
    with transaction() as session:
        age = now - session.scalars(select(table.created_at).where(table.id == refund_id)).one()
        session.execute(
            update(table)
            .where(table.id == refund_id, table.state == RefundState.SENT)
            .values(
                state=RefundState.REQUESTED,
                attempts=0,
                next_at=now + min(max(age, timedelta(seconds=2)), LONGEST_PAUSE),
            )
        )
