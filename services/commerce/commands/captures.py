"""A card payment has brought money: booked once, however often and from wherever we hear of it (E4)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.logs import log
from contracts.commerce.orders import OrderState
from contracts.commerce.payments import PaymentCaptured, PaymentState
from services.commerce import models
from services.commerce.commands import invoices, orders, refunds
from services.commerce.commands.ledger import About, book
from services.commerce.rules import bookkeeping
from services.commerce.rules.money import ZERO

CAPTURABLE = (*models.LIVE, PaymentState.FAILED)
"""Money counts also when we had given the attempt up."""


def capture(session: Session, payment_id: UUID, transaction_id: str | None, today: date, now: datetime) -> bool:
    """Book the payment: its order is paid and its invoice issued, or the money goes back. False when we knew.

    Locks order, invoice and payment in this order, as everybody does.
    """
    ids = session.execute(
        select(models.Payment.order_id, models.Payment.invoice_id).where(models.Payment.id == payment_id)
    ).one()
    order = orders.locked(session, ids.order_id) if ids.order_id else None
    invoice_id = ids.invoice_id or (order.invoice_id if order else None)
    invoice = invoices.locked(session, invoice_id) if invoice_id else None
    payment = _mark_captured(session, payment_id, transaction_id, now)
    if payment is None:
        return False
    if order is not None and order.state is OrderState.OPEN:
        invoice = invoices.issue_for_order(session, order, today, now, terms=0)
    settled = _settle(session, payment, invoice, today, now)
    if order is not None and settled and invoice is not None and not invoice.open_amount:
        order.state, order.paid_at, order.version = OrderState.PAID, now, order.version + 1
    session.flush()
    if settled:
        outbox.record(session, _captured_event(payment, order, invoice))
    if settled < payment.amount:
        log.warning("payment_not_needed", payment_id=str(payment.id))
        refunds.request(session, payment.id, payment.amount - settled, now)
    return True


def _mark_captured(
    session: Session, payment_id: UUID, transaction_id: str | None, now: datetime
) -> models.Payment | None:
    payments = models.Payment
    statement = (
        update(payments)
        .where(payments.id == payment_id, payments.state.in_(CAPTURABLE))
        .values(state=PaymentState.CAPTURED, captured_at=now)
        .returning(payments)
        .execution_options(populate_existing=True)
    )
    payment = session.execute(statement).scalar_one_or_none()
    if payment is not None and transaction_id:
        payment.transaction_id = transaction_id
        session.flush()
    return payment


def _settle(
    session: Session, payment: models.Payment, invoice: models.Invoice | None, today: date, now: datetime
) -> Decimal:
    """Book the money: against what is open of the invoice, the rest to the customer's credit. The settled part."""
    left = invoice.open_amount if invoice is not None else ZERO
    settled = min(payment.amount, left)
    posting = bookkeeping.payment_received(today, payment.amount, left, bookkeeping.Account.CARD_CLEARING)
    text = invoice.number if invoice is not None else payment.reference
    if invoice is not None and settled:
        payment.invoice_id = invoice.id
        invoice.open_amount -= settled
        invoice.version += 1
        if not invoice.open_amount:
            invoice.paid_on = today
            invoices.record_paid(session, invoice, today)
    book(session, posting, About(text, payment.customer_id, payment.invoice_id, payment.id), now)
    return settled


def _captured_event(
    payment: models.Payment, order: models.Order | None, invoice: models.Invoice | None
) -> PaymentCaptured:
    about = order or invoice
    return PaymentCaptured(
        payment_id=payment.id,
        order_id=payment.order_id,
        customer_id=payment.customer_id,
        about_kind=about.subject_kind if about else "",
        about_id=about.subject_id if about else None,
    )
