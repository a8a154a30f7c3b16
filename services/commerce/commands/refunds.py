"""Refunds: reserved on the payment when asked for, so that never more is given back than came in (E4).

requested -> sent -> completed, or failed. The provider knows a refund by its id (refund stamp).
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import jobs, outbox
from chassis.ids import new_id
from chassis.logs import log
from contracts.commerce.orders import OrderState
from contracts.commerce.payments import PaymentState, RefundCompleted
from contracts.errors import Conflict
from services.commerce import models
from services.commerce.commands.ledger import About, book
from services.commerce.rules import bookkeeping
from services.commerce.rules.money import ZERO

SENDABLE = (models.RefundState.REQUESTED, models.RefundState.SENT)


def request(session: Session, payment_id: UUID, amount: Decimal, now: datetime) -> models.Refund:
    """Ask for a refund of a captured card payment; raises Conflict when less than `amount` is left of it."""
    payments = models.Payment
    reserved = session.execute(
        update(payments)
        .where(
            payments.id == payment_id,
            payments.provider != "bank",
            payments.state == PaymentState.CAPTURED,
            payments.refunded + amount <= payments.amount,
        )
        .values(refunded=payments.refunded + amount)
        .returning(payments.id)
    ).scalar_one_or_none()
    if reserved is None:
        raise Conflict(f"Payment {payment_id} has less than {amount} euros left to refund.", code="too_much_refunded")
    refund = models.Refund(
        id=new_id(),
        payment_id=payment_id,
        amount=amount,
        state=models.RefundState.REQUESTED,
        created_at=now,
        next_at=now,
        attempts=0,
        error="",
    )
    session.add(refund)
    session.flush()
    jobs.wake(session, "send_refunds")
    return refund


def request_for_invoice(session: Session, invoice_id: UUID, now: datetime) -> list[models.Refund]:
    """Ask for what is left of all card payments of an invoice. Money that came by bank stays the customer's credit."""
    payments = models.Payment
    left = session.execute(
        select(payments.id, payments.amount - payments.refunded)
        .where(
            payments.invoice_id == invoice_id,
            payments.provider != "bank",
            payments.state == PaymentState.CAPTURED,
            payments.refunded < payments.amount,
        )
        .order_by(payments.id)
        .with_for_update()
    ).all()
    return [request(session, payment_id, amount, now) for payment_id, amount in left]


def complete(session: Session, refund_id: UUID, provider_id: str | None, on: date, now: datetime) -> bool:
    """The provider has given the money back; False when we knew."""
    refunds = models.Refund
    done = session.execute(
        update(refunds)
        .where(refunds.id == refund_id, refunds.state != models.RefundState.COMPLETED)
        .values(state=models.RefundState.COMPLETED, completed_at=now, provider_id=provider_id, error="")
        .returning(refunds.payment_id, refunds.amount)
    ).one_or_none()
    if done is None:
        return False
    _lock_order(session, done.payment_id)
    payment = session.get_one(models.Payment, done.payment_id, with_for_update=True, populate_existing=True)
    payment.refunded = min(payment.amount, max(payment.refunded, _given_or_promised(session, payment.id)))
    if payment.refunded == payment.amount and _nothing_under_way(session, payment.id):
        payment.state = PaymentState.REFUNDED
    _end_order(session, payment)
    posting = bookkeeping.refund_paid(on, done.amount, bookkeeping.Account.CARD_CLEARING)
    about = About(payment.reference, payment.customer_id, payment.invoice_id, payment.id)
    book(session, posting, about, now)
    event = RefundCompleted(
        refund_id=refund_id,
        payment_id=payment.id,
        order_id=payment.order_id,
        customer_id=payment.customer_id,
        amount=done.amount,
    )
    outbox.record(session, event)
    session.flush()
    return True


def fail(session: Session, refund_id: UUID, reason: str, *, certain: bool) -> None:
    """The provider refused. Only when nothing can have been given back (`certain`) the money may be asked for again."""
    refunds, payments = models.Refund, models.Payment
    failed = session.execute(
        update(refunds)
        .where(refunds.id == refund_id, refunds.state.in_(SENDABLE))
        .values(state=models.RefundState.FAILED, error=reason[:300])
        .returning(refunds.payment_id, refunds.amount)
    ).one_or_none()
    if failed is None:
        return
    log.error("refund_failed", refund_id=str(refund_id), certain=certain)
    if certain:
        session.execute(
            update(payments).where(payments.id == failed.payment_id).values(refunded=payments.refunded - failed.amount)
        )


def _lock_order(session: Session, payment_id: UUID) -> None:
    """Orders are locked before payments everywhere."""
    order_id = select(models.Payment.order_id).where(models.Payment.id == payment_id).scalar_subquery()
    session.execute(select(models.Order.id).where(models.Order.id == order_id).with_for_update())


def _given_or_promised(session: Session, payment_id: UUID) -> Decimal:
    """Also counts a refund that had failed, and then came true after all."""
    refunds = models.Refund
    amounts = select(func.sum(refunds.amount)).where(
        refunds.payment_id == payment_id, refunds.state != models.RefundState.FAILED
    )
    return session.scalars(amounts).one() or ZERO


def _nothing_under_way(session: Session, payment_id: UUID) -> bool:
    refunds = models.Refund
    open_ones = select(refunds.id).where(
        refunds.payment_id == payment_id, refunds.state != models.RefundState.COMPLETED
    )
    return session.scalars(open_ones.where(refunds.state != models.RefundState.FAILED).limit(1)).first() is None


def _end_order(session: Session, payment: models.Payment) -> None:
    """An order cancelled for this refund is refunded now; one that another payment has paid is not touched."""
    if payment.order_id is None or payment.state is not PaymentState.REFUNDED:
        return
    orders = models.Order
    session.execute(
        update(orders)
        .where(orders.id == payment.order_id, orders.state == OrderState.CANCELLED)
        .values(state=OrderState.REFUNDED, version=orders.version + 1)
    )
