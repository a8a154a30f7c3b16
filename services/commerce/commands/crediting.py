"""Credit notes that the office makes (E6)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.commerce.invoices import CreditInvoice, Invoice
from contracts.errors import NotFound
from services.commerce import answers, models
from services.commerce.commands import invoices, orders


def credit_invoice(session: Session, request: CreditInvoice, today: date, now: datetime) -> Invoice:
    """The credit note of a whole invoice; card payments of it go back. Raises NotFound, Conflict."""
    row = session.execute(select(models.Invoice.order_id).where(models.Invoice.id == request.id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no invoice {request.id}.", id=request.id)
    order = orders.locked(session, row.order_id) if row.order_id else None
    invoice = invoices.locked(session, request.id)
    assert invoice is not None
    note = orders.credit_order(session, order, invoice, request.reason, today, now)
    lines = session.scalars(
        select(models.InvoiceLine).where(models.InvoiceLine.invoice_id == note.id).order_by(models.InvoiceLine.position)
    ).all()
    buyer = session.scalar(select(models.InvoiceDocument.buyer).where(models.InvoiceDocument.invoice_id == request.id))
    return answers.invoice(note, lines, answers.Paper.of(buyer, None), today)
