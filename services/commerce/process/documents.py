"""PDFs of invoices (E6): the buyer asked from contacts, the PDF made and stored, then told once.

The file's key is the invoice's id, so a repeat after a crash writes the same file again.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import files, outbox
from chassis.logs import log
from chassis.rpc import client
from chassis.typesetting import TypesettingFailed
from contracts.base import ByIds
from contracts.commerce.invoices import InvoiceDocumentReady, InvoiceState
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from services.commerce import answers, models
from services.commerce.documents.invoice import render_invoice
from services.commerce.process.paper import paper_of

contacts = client(ContactsApi)
Transactions = Callable[[], AbstractContextManager[Session]]
AT_ONCE = 20
LEASE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=1)
ERASED = {"name": "Poistettu henkilö", "address": [], "language": "fi"}
"""A buyer who was erased before the paper was made: the books need it all the same. A credit note names its invoice."""


def render_due(transaction: Transactions, now: datetime) -> bool:
    """Make the PDFs that wait; True when there may be more."""
    with transaction() as session:
        waiting = _claim(session, now)
    if not waiting:
        return False
    found = contacts.get_recipients(ByIds(ids=list({invoice.customer_id for invoice, _ in waiting})))
    recipients = {each.id: each for each in found.data}
    for invoice, attempts in waiting:
        if not _made(transaction, invoice, recipients.get(invoice.customer_id), now):
            _try_later(transaction, invoice.id, attempts, now)
    return len(waiting) == AT_ONCE


def _made(transaction: Transactions, invoice: models.Invoice, recipient: Recipient | None, now: datetime) -> bool:
    """Whether the PDF is there now. One that cannot be made keeps no other waiting."""
    if recipient is None:
        log.warning("invoice_buyer_unknown", invoice_id=str(invoice.id))
        return False
    try:
        _render(transaction, invoice, recipient, now)
    except (TypesettingFailed, ValueError) as error:
        log.error("invoice_not_printed", invoice_id=str(invoice.id), exc_info=error)
        return False
    return True


def _claim(session: Session, now: datetime) -> list[tuple[models.Invoice, int]]:
    documents = models.InvoiceDocument
    due = session.scalars(
        select(documents)
        .where(documents.file_key.is_(None), documents.next_at <= now)
        .order_by(documents.next_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for document in due:
        document.next_at, document.attempts = now + LEASE, document.attempts + 1
    session.flush()
    attempts = {document.invoice_id: document.attempts for document in due}
    invoices = session.scalars(select(models.Invoice).where(models.Invoice.id.in_(attempts))).all()
    return [(invoice, attempts[invoice.id]) for invoice in sorted(invoices, key=lambda each: each.serial)]


def _try_later(transaction: Transactions, invoice_id: UUID, attempts: int, now: datetime) -> None:
    documents = models.InvoiceDocument
    pause = min(timedelta(seconds=2 ** min(attempts, 12)), LONGEST_PAUSE)
    with transaction() as session:
        session.execute(update(documents).where(documents.invoice_id == invoice_id).values(next_at=now + pause))


def _render(transaction: Transactions, invoice: models.Invoice, recipient: Recipient, now: datetime) -> None:
    with transaction() as session:
        lines, facts = _lines(session, invoice), _facts(session, invoice)
    buyer = _buyer(recipient)
    paper = paper_of(invoice, lines, buyer, **facts)
    key = f"commerce/{invoice.id}.pdf"
    files.store(key, render_invoice(paper, buyer["language"]))
    documents = models.InvoiceDocument
    with transaction() as session:
        stored = session.execute(
            update(documents)
            .where(documents.invoice_id == invoice.id, documents.file_key.is_(None))
            .values(file_key=key, buyer=buyer, rendered_at=now)
            .returning(documents.invoice_id)
        ).scalar_one_or_none()
        if stored is not None:
            outbox.record(session, _ready_event(session, invoice.id))


def _buyer(recipient: Recipient) -> dict[str, Any]:
    """Whom the paper names; nobody who was erased meanwhile."""
    if not recipient.name:
        return ERASED
    return {"name": recipient.name, "address": recipient.address_lines, "language": recipient.language.value}


def _lines(session: Session, invoice: models.Invoice) -> Sequence[models.InvoiceLine]:
    rows = models.InvoiceLine
    return session.scalars(select(rows).where(rows.invoice_id == invoice.id).order_by(rows.position)).all()


def _facts(session: Session, invoice: models.Invoice) -> dict[str, Any]:
    """What else the paper says: the number it credits, and how it was paid."""
    credited = session.get(models.Invoice, invoice.credits_id) if invoice.credits_id else None
    payments = models.Payment
    provider = session.scalars(
        select(payments.provider).where(payments.invoice_id == invoice.id, payments.captured_at.is_not(None)).limit(1)
    ).first()
    return {"credits": credited.number if credited else "", "paid_through": provider or ""}


def _ready_event(session: Session, invoice_id: UUID) -> InvoiceDocumentReady:
    invoice = session.get_one(models.Invoice, invoice_id)
    return InvoiceDocumentReady(
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        kind=invoice.kind,
        paid=answers.invoice_state(invoice) is InvoiceState.PAID,
    )
