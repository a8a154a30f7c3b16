"""Card payment attempts (E4): at most one live attempt for an order or invoice, whatever is clicked twice.

created (we ask the provider) -> pending (the payer has its address) -> captured or failed; unknown when the provider's
answer was lost. The attempt's id is the provider's stamp: asking again with it never opens a second payment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from contracts.commerce.orders import OrderState
from contracts.commerce.payments import PaymentState, StartPayment
from contracts.errors import Conflict
from services.commerce import models

PROVIDER = "paytrail"
ASKING = timedelta(seconds=15)
"""How long an attempt belongs to the one who asks the provider."""
FIRST_CHECK = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Target:
    """What is to be paid: an order, its invoice, or an invoice alone."""

    order_id: UUID | None
    invoice_id: UUID | None
    customer_id: UUID


@dataclass(frozen=True)
class Attempt:
    """A live attempt; `ours` when this caller is the one to ask the provider."""

    payment: models.Payment
    ours: bool


def open_attempt(session: Session, target: Target, request: StartPayment, now: datetime) -> Attempt:
    """The live attempt for the target, made now if there is none. Raises Conflict when there is nothing to pay."""
    amount, reference = _what_is_due(session, target)
    values = {
        "id": new_id(),
        "order_id": target.order_id,
        "invoice_id": target.invoice_id,
        "customer_id": target.customer_id,
        "provider": PROVIDER,
        "state": PaymentState.CREATED,
        "amount": amount,
        "currency": "EUR",
        "refunded": Decimal("0.00"),
        "reference": reference,
        "return_path": request.return_path,
        "language": request.language,
        "created_at": now,
        "next_check_at": now + ASKING,
        "checks": 0,
    }
    made = session.execute(
        insert(models.Payment).values(**values).on_conflict_do_nothing().returning(models.Payment)
    ).scalar_one_or_none()
    if made is not None:
        return Attempt(made, ours=True)
    return _existing(session, target, amount, now)


def _what_is_due(session: Session, target: Target) -> tuple[Decimal, str]:
    if target.invoice_id is not None:
        invoice = session.get_one(models.Invoice, target.invoice_id, with_for_update={"read": True})
        if not invoice.open_amount:
            raise Conflict(f"Nothing is open of invoice {invoice.number}.", code="nothing_to_pay")
        return invoice.open_amount, invoice.reference
    order = session.get_one(models.Order, target.order_id, with_for_update={"read": True})
    if order.state is not OrderState.OPEN or not order.total:
        raise Conflict(
            f"The order is {order.state}; there is nothing to pay.", code="nothing_to_pay", state=order.state
        )
    return order.total, str(order.id)


def _existing(session: Session, target: Target, amount: Decimal, now: datetime) -> Attempt:
    """The attempt that was there; taken over when nobody is asking the provider about it."""
    payments = models.Payment
    same = payments.invoice_id == target.invoice_id if target.order_id is None else payments.order_id == target.order_id
    found = session.scalars(
        select(payments)
        .where(same, payments.provider != "bank", payments.state.in_(models.LIVE))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise Conflict("The payment has just ended; look at it again.", code="payment_ended")
    if found.amount != amount:
        raise Conflict("A payment of another sum is under way; finish or cancel it first.", code="payment_under_way")
    ours = found.pay_url is None and found.next_check_at <= now
    if ours:
        found.next_check_at = now + ASKING
        session.flush()
    return Attempt(found, ours)


def keep_address(
    session: Session, payment_id: UUID, transaction_id: str, pay_url: str, now: datetime
) -> models.Payment:
    """The provider has opened the payment. A callback that was quicker is not undone."""
    payments = models.Payment
    session.execute(
        update(payments)
        .where(payments.id == payment_id, payments.state.in_([PaymentState.CREATED, PaymentState.UNKNOWN]))
        .values(
            state=PaymentState.PENDING,
            transaction_id=transaction_id,
            pay_url=pay_url,
            next_check_at=now + FIRST_CHECK,
            checks=0,
        )
    )
    return _current(session, payment_id)


def keep_unknown(session: Session, payment_id: UUID, now: datetime) -> models.Payment:
    """The provider's answer was lost; the sweeper asks again."""
    payments = models.Payment
    session.execute(
        update(payments)
        .where(payments.id == payment_id, payments.state.in_([PaymentState.CREATED, PaymentState.UNKNOWN]))
        .values(state=PaymentState.UNKNOWN, checks=payments.checks + 1, next_check_at=now + timedelta(seconds=5))
    )
    return _current(session, payment_id)


def fail(session: Session, payment_id: UUID) -> bool:
    """The attempt brings no money (refused, cancelled, given up); False when it is over already."""
    payments = models.Payment
    statement = (
        update(payments)
        .where(payments.id == payment_id, payments.state.in_(models.LIVE))
        .values(state=PaymentState.FAILED)
        .returning(payments.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def claim_due(session: Session, now: datetime, at_most: int = 20) -> list[models.Payment]:
    """Live attempts to ask the provider about; each is left alone for a while that grows with every check."""
    payments = models.Payment
    due = session.scalars(
        select(payments)
        .where(payments.state.in_(models.LIVE), payments.provider != "bank", payments.next_check_at <= now)
        .order_by(payments.next_check_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    ).all()
    for payment in due:
        payment.checks += 1
        payment.next_check_at = now + min(timedelta(seconds=10 * 2**payment.checks), timedelta(minutes=15))
    session.flush()
    return list(due)


def _current(session: Session, payment_id: UUID) -> models.Payment:
    return session.get_one(models.Payment, payment_id, populate_existing=True)
