"""Issuing invoices and credit notes: numbered without gaps, booked, announced, all in one transaction (E6)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import jobs, outbox
from chassis.ids import new_id
from contracts.commerce.invoices import InvoiceIssued, InvoiceKind, InvoicePaid
from contracts.errors import Conflict
from services.commerce import models
from services.commerce.commands.ledger import About, book
from services.commerce.config import FIRST_INVOICE_NUMBER, INVOICE_SERIES
from services.commerce.rules import bookkeeping, vat
from services.commerce.rules.barcodes import NoBankBarcode, virtual_barcode
from services.commerce.rules.money import ZERO
from services.commerce.rules.references import finnish_reference, rf_reference
from services.commerce.seller import current_seller

INCOME = (("membership", bookkeeping.Account.MEMBERSHIP_FEES), ("course", bookkeeping.Account.COURSE_FEES))


@dataclass(frozen=True)
class Header:
    """What an invoice is about, before it has its number."""

    kind: InvoiceKind
    customer_id: UUID
    order_id: UUID | None
    subject_kind: str
    subject_id: UUID | None
    issued_on: date
    due_on: date
    seller: dict[str, Any]
    credits_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A line with its sums."""

    product_id: UUID | None
    name: dict[str, Any]
    quantity: Decimal
    unit_price: Decimal
    vat_code: str
    vat_percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    account: str
    about: dict[str, Any] | None
    list_price: Decimal | None
    price_kind: str


def income_account(category: str) -> bookkeeping.Account:
    """Where products of a category are booked."""
    return next((account for start, account in INCOME if category.startswith(start)), bookkeeping.Account.SALES)


def issue_for_order(
    session: Session, order: models.Order, on: date, now: datetime, terms: int | None = None
) -> models.Invoice:
    """The invoice of a whole order, due in `terms` days (the seller's when None). A total of zero is paid at once."""
    seller = current_seller(session)
    header = Header(
        kind=InvoiceKind.INVOICE,
        customer_id=order.customer_id,
        order_id=order.id,
        subject_kind=order.subject_kind,
        subject_id=order.subject_id,
        issued_on=on,
        due_on=date.fromordinal(on.toordinal() + (seller.payment_term_days if terms is None else terms)),
        seller=seller.model_dump(mode="json"),
    )
    rows = session.scalars(
        select(models.OrderLine).where(models.OrderLine.order_id == order.id).order_by(models.OrderLine.position)
    ).all()
    invoice = _issue(session, header, _lines_of_order(rows, on), now)
    order.invoice_id = invoice.id
    if invoice.gross == ZERO:
        record_paid(session, invoice, on)
    return invoice


def credit(session: Session, invoice: models.Invoice, reason: str, on: date, now: datetime) -> models.Invoice:
    """The credit note of a whole invoice (locked by the caller); what was paid becomes the customer's credit."""
    if invoice.kind is not InvoiceKind.INVOICE:
        raise Conflict(f"{invoice.number} is a credit note and cannot be credited.", code="not_an_invoice")
    if invoice.credited_on is not None:
        raise Conflict(f"Invoice {invoice.number} is credited already.", code="already_credited")
    header = Header(
        kind=InvoiceKind.CREDIT_NOTE,
        customer_id=invoice.customer_id,
        order_id=invoice.order_id,
        subject_kind=invoice.subject_kind,
        subject_id=invoice.subject_id,
        issued_on=on,
        due_on=on,
        seller=invoice.seller,
        credits_id=invoice.id,
        reason=reason,
    )
    rows = session.scalars(
        select(models.InvoiceLine).where(models.InvoiceLine.invoice_id == invoice.id).order_by("position")
    ).all()
    note = _issue(session, header, [_mirrored(row) for row in rows], now)
    paid = invoice.gross - invoice.open_amount
    invoice.open_amount, invoice.credited_on, invoice.version = ZERO, on, invoice.version + 1
    if paid:
        kept = bookkeeping.credit_used(on, paid).reversed(on, bookkeeping.Occasion.CREDIT_USED)
        book(session, kept, About(note.number, invoice.customer_id, note.id), now)
    session.flush()
    return note


def record_paid(session: Session, invoice: models.Invoice, on: date) -> None:
    """Tell that nothing is open any more."""
    outbox.record(session, paid_event(invoice, on), version=invoice.version)


def paid_event(invoice: Any, on: date) -> InvoicePaid:
    """The event of an invoice paid wholly."""
    return InvoicePaid(
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        paid_on=on,
        about_kind=invoice.subject_kind,
        about_id=invoice.subject_id,
    )


def locked(session: Session, invoice_id: UUID) -> models.Invoice | None:
    """The invoice as it is now, kept by this transaction."""
    return session.get(models.Invoice, invoice_id, with_for_update=True, populate_existing=True)


def _lines_of_order(rows: Sequence[models.OrderLine], on: date) -> list[Line]:
    sales = [vat.SaleLine(Decimal(row.quantity), row.unit_price, vat.VatCode(row.vat_code)) for row in rows]
    sums = vat.invoice_sums(sales, on, vat.Prices.GROSS)
    return [
        Line(
            product_id=row.product_id,
            name=row.name,
            quantity=Decimal(row.quantity),
            unit_price=row.unit_price,
            vat_code=row.vat_code,
            vat_percent=vat.rate_on(vat.VatCode(row.vat_code), on).percent,
            net=part.net,
            vat=part.vat,
            gross=part.gross,
            account=income_account(row.category).value,
            about=row.about,
            list_price=row.list_price,
            price_kind=row.price_kind,
        )
        for row, part in zip(rows, sums.lines, strict=True)
    ]


def _mirrored(row: models.InvoiceLine) -> Line:
    line = Line(**{name: getattr(row, name) for name in Line.__dataclass_fields__})
    return replace(line, quantity=-line.quantity, net=-line.net, vat=-line.vat, gross=-line.gross)


def _issue(session: Session, header: Header, lines: list[Line], now: datetime) -> models.Invoice:
    net, tax = sum((line.net for line in lines), ZERO), sum((line.vat for line in lines), ZERO)
    gross = net + tax
    serial = _next_serial(session)
    number = f"{header.seller['invoice_prefix']}{serial}"
    reference = finnish_reference(number)
    values = vars(header) | {
        "id": new_id(),
        "series": INVOICE_SERIES,
        "serial": serial,
        "number": number,
        "reference": reference,
        "rf_reference": rf_reference(reference),
        "barcode": _barcode(header, gross, reference),
        "iban": header.seller["iban"],
        "net": net,
        "vat": tax,
        "gross": gross,
        "currency": "EUR",
        "created_at": now,
        "open_amount": max(gross, ZERO),
        "paid_on": header.issued_on if gross == ZERO else None,
        "version": 1,
    }
    invoice = session.execute(insert(models.Invoice).values(**values).returning(models.Invoice)).scalar_one()
    if lines:
        session.execute(
            insert(models.InvoiceLine),
            [
                vars(line) | {"id": new_id(), "invoice_id": invoice.id, "position": number}
                for number, line in enumerate(lines, start=1)
            ],
        )
    session.execute(insert(models.InvoiceDocument).values(invoice_id=invoice.id, next_at=now, attempts=0))
    _book_issue(session, invoice, lines, now)
    outbox.record(session, _issued_event(invoice), version=1)
    jobs.wake(session, "render_invoices")
    return invoice


def _next_serial(session: Session) -> int:
    """The next number; its row stays locked until the invoice is committed, so a rollback leaves no gap."""
    series = models.NumberSeries
    statement = upsert(series).values(series=INVOICE_SERIES, last=FIRST_INVOICE_NUMBER)
    following = statement.on_conflict_do_update(index_elements=[series.series], set_={"last": series.last + 1})
    return session.execute(following.returning(series.last)).scalar_one()


def _barcode(header: Header, gross: Decimal, reference: str) -> str:
    if header.kind is InvoiceKind.CREDIT_NOTE or gross == ZERO:
        return ""
    try:
        return virtual_barcode(header.seller["iban"], gross, reference, header.due_on)
    except NoBankBarcode:
        return ""


def _book_issue(session: Session, invoice: models.Invoice, lines: list[Line], now: datetime) -> None:
    net_by_account: dict[bookkeeping.Account, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        net_by_account[bookkeeping.Account(line.account)] += line.net
    if any(net_by_account.values()) or invoice.vat:
        posting = bookkeeping.invoice_issued(invoice.issued_on, net_by_account, invoice.vat)
        book(session, posting, About(invoice.number, invoice.customer_id, invoice.id), now)


def _issued_event(invoice: models.Invoice) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=invoice.id,
        customer_id=invoice.customer_id,
        kind=invoice.kind,
        about_kind=invoice.subject_kind,
        about_id=invoice.subject_id,
    )
