"""Payments, refunds, and what a payment is to be for (E4)."""

from uuid import UUID

from sqlalchemy import Connection, func, select

from chassis.paging import cursor_id, page
from contracts.base import Page
from contracts.commerce.payments import ListPayments, ListRefunds, Payment, Refund, StartPayment
from contracts.errors import Invalid, NotFound
from services.commerce import answers, models
from services.commerce.queries.scope import Scope

TABLE, REFUNDS = models.Payment.__table__, models.Refund.__table__
ORDERS, INVOICES = models.Order.__table__, models.Invoice.__table__


def find_target(reader: Connection, request: StartPayment, scope: Scope) -> tuple[UUID | None, UUID | None, UUID]:
    """Order, invoice and customer of what is to be paid; raises Invalid, NotFound (also for another's)."""
    if (request.order_id is None) == (request.invoice_id is None):
        raise Invalid.field("/order_id", "one_of", "Give either an order or an invoice.")
    if request.order_id is not None:
        limits = scope.limits(ORDERS, "id", "subject_id", "invoice_id")
        order = reader.execute(select(ORDERS).where(ORDERS.c.id == request.order_id, *limits)).one_or_none()
        if order is None:
            raise NotFound(f"There is no order {request.order_id}.", id=request.order_id)
        return order.id, order.invoice_id, order.customer_id
    limits = scope.limits(INVOICES, "id", "subject_id")
    invoice = reader.execute(select(INVOICES).where(INVOICES.c.id == request.invoice_id, *limits)).one_or_none()
    if invoice is None:
        raise NotFound(f"There is no invoice {request.invoice_id}.", id=request.invoice_id)
    return invoice.order_id, invoice.id, invoice.customer_id


def get_payment(reader: Connection, payment_id: UUID, scope: Scope) -> Payment:
    """One payment; raises NotFound, also for another's."""
    limits = scope.limits(TABLE, "id", "order_id", "invoice_id")
    row = reader.execute(select(TABLE).where(TABLE.c.id == payment_id, *limits)).one_or_none()
    if row is None:
        raise NotFound(f"There is no payment {payment_id}.", id=payment_id)
    return answers.payment(row)


def list_payments(reader: Connection, request: ListPayments, scope: Scope) -> Page[Payment]:
    """Payments, newest first."""
    query = select(TABLE).where(*scope.limits(TABLE, "id", "order_id", "invoice_id")).order_by(TABLE.c.id.desc())
    if request.order_id:
        query = query.where(TABLE.c.order_id == request.order_id)
    if request.customer_id:
        query = query.where(TABLE.c.customer_id == func.known_as(request.customer_id))
    if after := cursor_id(request.cursor):
        query = query.where(TABLE.c.id < after)
    rows = [answers.payment(row) for row in reader.execute(query.limit(request.limit + 1))]
    return page(rows, request.limit, lambda each: [each.id])


def list_refunds(reader: Connection, request: ListRefunds) -> Page[Refund]:
    """Refunds, newest first."""
    query = select(REFUNDS).order_by(REFUNDS.c.id.desc())
    if request.payment_id:
        query = query.where(REFUNDS.c.payment_id == request.payment_id)
    if after := cursor_id(request.cursor):
        query = query.where(REFUNDS.c.id < after)
    rows = [answers.refund(row) for row in reader.execute(query.limit(request.limit + 1))]
    return page(rows, request.limit, lambda each: [each.id])
