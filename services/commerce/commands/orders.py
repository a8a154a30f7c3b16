"""Orders: made from a held seat or an opened agreement, billed, cancelled (E1, K2, M9)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from contracts.commerce.orders import OrderBilled, OrderState
from contracts.commerce.prices import QuoteLine, QuoteLineRequest
from contracts.courses import PaymentMethod, SeatHeld
from contracts.errors import Conflict
from contracts.membership import AgreementOpened
from services.commerce import models
from services.commerce.commands import invoices, refunds
from services.commerce.prices import Buyer, priced_lines, total_of

ENROLMENT, MEMBERSHIP = "enrolment", "membership"
TAKE_ORDER_ID = text("SELECT pg_advisory_xact_lock(hashtextextended('order ' || :id, 0))")


def open_for_seat(session: Session, event: SeatHeld, today: date, now: datetime) -> None:
    """The order of a held seat; billed at once when it is paid by invoice or costs nothing.

    A seat given back before we heard of it leaves a cancelled order. Raises Conflict while the quote is unknown.
    """
    _take(session, event.order_id)
    if session.get(models.Order, event.order_id) is not None:
        return
    quote = session.get(models.Quote, event.quote_id)
    if quote is None:
        raise Conflict(f"There is no quote {event.quote_id}.", code="unknown_quote")
    ended = session.get(models.EndedOrder, event.order_id) is not None
    state = OrderState.CANCELLED if ended else OrderState.OPEN
    lines = [QuoteLine.model_validate(line) for line in quote.lines]
    subject = (ENROLMENT, event.enrolment_id)
    order = _add(session, event.order_id, event.person_id, state, lines, subject, now, quote_id=quote.id)
    if not ended and (event.payment is PaymentMethod.INVOICE or not order.total):
        bill(session, order, today, now)


def bill_agreement(session: Session, event: AgreementOpened, today: date, now: datetime) -> None:
    """Order and invoice of a new membership's fees for the payer; the order has the agreement's id."""
    _take(session, event.agreement_id)
    if not event.product_ids or session.get(models.Order, event.agreement_id) is not None:
        return
    wanted = [QuoteLineRequest(product_id=product_id) for product_id in event.product_ids]
    lines = priced_lines(session, wanted, Buyer(event.payer_id), today)
    subject = (MEMBERSHIP, event.membership_id)
    order = _add(session, event.agreement_id, event.payer_id, OrderState.OPEN, lines, subject, now)
    bill(session, order, today, now)


def bill(session: Session, order: models.Order, today: date, now: datetime) -> models.Invoice:
    """Issue the order's invoice and tell that it is billed."""
    invoice = invoices.issue_for_order(session, order, today, now)
    order.state = OrderState.BILLED if invoice.open_amount else OrderState.PAID
    order.paid_at = None if invoice.open_amount else now
    order.version += 1
    event = OrderBilled(
        order_id=order.id, invoice_id=invoice.id, about_kind=order.subject_kind, about_id=order.subject_id
    )
    outbox.record(session, event, version=order.version)
    session.flush()
    return invoice


def expire(session: Session, order_id: UUID, now: datetime) -> None:
    """Nobody paid in time. What was paid or billed meanwhile stays: courses hears of that and decides."""
    order = _order_or_ending(session, order_id, now)
    if order is not None and order.state is OrderState.OPEN:
        _cancel(order)


def end(session: Session, order_id: UUID, *, refund: bool, today: date, now: datetime) -> None:
    """The enrolment is cancelled: an unpaid order ends; a billed or paid one is credited and refunded if `refund`."""
    order = _order_or_ending(session, order_id, now)
    if order is None:
        return
    if order.state is OrderState.OPEN:
        _cancel(order)
    elif refund and order.state in {OrderState.BILLED, OrderState.PAID} and order.invoice_id is not None:
        invoice = invoices.locked(session, order.invoice_id)
        if invoice is not None and invoice.credited_on is None:
            credit_order(session, order, invoice, "", today, now)


def credit_order(
    session: Session, order: models.Order | None, invoice: models.Invoice, reason: str, today: date, now: datetime
) -> models.Invoice:
    """Credit an invoice, give card payments back, and end its order (both locked by the caller)."""
    note = invoices.credit(session, invoice, reason, today, now)
    if order is not None:
        _cancel(order)
    refunds.request_for_invoice(session, invoice.id, now)
    return note


def locked(session: Session, order_id: UUID) -> models.Order | None:
    """The order as it is now, kept by this transaction."""
    return session.get(models.Order, order_id, with_for_update=True, populate_existing=True)


def _cancel(order: models.Order) -> None:
    order.state, order.version = OrderState.CANCELLED, order.version + 1


def _take(session: Session, order_id: UUID) -> None:
    """Let the events about one order come one after the other, also before there is a row to lock."""
    session.execute(TAKE_ORDER_ID, {"id": str(order_id)})


def _order_or_ending(session: Session, order_id: UUID, now: datetime) -> models.Order | None:
    """The locked order; without one, a note for the SeatHeld that is still on its way."""
    _take(session, order_id)
    order = locked(session, order_id)
    if order is None:
        ending = upsert(models.EndedOrder).values(order_id=order_id, ended_at=now)
        session.execute(ending.on_conflict_do_nothing())
    return order


def _add(
    session: Session,
    order_id: UUID,
    customer_id: UUID,
    state: OrderState,
    lines: Sequence[QuoteLine],
    subject: tuple[str, UUID],
    now: datetime,
    quote_id: UUID | None = None,
) -> models.Order:
    order = models.Order(
        id=order_id,
        customer_id=customer_id,
        state=state,
        total=total_of(lines),
        currency="EUR",
        subject_kind=subject[0],
        subject_id=subject[1],
        quote_id=quote_id,
        created_at=now,
        version=1,
    )
    session.add(order)
    session.flush()
    session.execute(insert(models.OrderLine), _line_rows(session, order_id, lines))
    return order


def _line_rows(session: Session, order_id: UUID, lines: Sequence[QuoteLine]) -> list[dict[str, Any]]:
    product_ids = {line.product_id for line in lines}
    known = session.execute(
        select(models.Product.id, models.Product.category).where(models.Product.id.in_(product_ids))
    )
    categories = {row.id: row.category for row in known}
    return [
        line.model_dump(exclude={"rules"})
        | {"id": new_id(), "order_id": order_id, "position": position, "category": categories[line.product_id]}
        | {"price_kind": next((rule.kind for rule in line.rules if rule.used), "")}
        for position, line in enumerate(lines, start=1)
    ]
