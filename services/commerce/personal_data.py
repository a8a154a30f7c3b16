"""What commerce holds about persons (C17). Vouchers of the books stay as long as the Accounting Act says."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from chassis.personal_data import Holding, Reader, by
from chassis.striking import Written
from contracts.personal_data import RetainedDocument
from services.commerce import models

ACCOUNTING_ACT: Final = "accounting_act"
"""Accounting Act (1336/1997), chapter 2, section 10: vouchers are kept six years."""
YEARS: Final = 6


def _of_invoices(column: str) -> Any:
    def about(model: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
        own = select(models.Invoice.id).where(models.Invoice.customer_id.in_(ids))
        found: ColumnElement[bool] = getattr(model, column).in_(own)
        return found

    return about


HOLDINGS = (
    Holding("orders", models.Order, by("customer_id"), kept=True),
    Holding("invoices", models.Invoice, by("customer_id"), kept=True, withheld=("series", "serial")),
    Holding(
        "invoice_lines", models.InvoiceLine, _of_invoices("invoice_id"), kept=True, withheld=("account", "position")
    ),
    Holding("invoice_documents", models.InvoiceDocument, _of_invoices("invoice_id"), files=("file_key",), kept=True),
    Holding("bank_entries", models.BankEntry, _of_invoices("invoice_id"), kept=True),
    Holding(
        "payments",
        models.Payment,
        by("customer_id"),
        emptied={"pay_url": None, "return_path": ""},
        withheld=("pay_url", "return_path"),
    ),
    Holding(
        "deliveries",
        models.Delivery,
        by("customer_id"),
        kept=True,
        withheld=("file_row", "dated", "changed", "corrected"),
    ),
    Holding("price_agreements", models.PriceAgreement, by("customer_id"), gone=True),
    Holding("quotes", models.Quote, by("customer_id"), kept=True, told=False),
)


def _invoices_of_lines(session: Session, ids: Sequence[UUID]) -> Iterator[RetainedDocument]:
    line = models.InvoiceLine
    return _invoices(session, models.Invoice.id.in_(select(line.invoice_id).where(line.id.in_(ids))))


def _invoices_of_buyers(session: Session, ids: Sequence[UUID]) -> Iterator[RetainedDocument]:
    return _invoices(session, models.Invoice.id.in_(ids))


def _entries(session: Session, ids: Sequence[UUID]) -> Iterator[RetainedDocument]:
    return _bank_entries(session, models.BankEntry.id.in_(ids))


def _delivered(session: Session, ids: Sequence[UUID]) -> Iterator[RetainedDocument]:
    return _deliveries(session, models.Delivery.id.in_(ids))


WRITTEN = (
    Written(models.Product, ("name",)),
    Written(models.OrderLine, ("name", "about")),
    Written(models.Quote, ("lines",), coded=("product_code", "code", "category")),
    Written(models.BankFile, ("file_name",)),
    Written(models.Refund, ("error",)),
    Written(models.InvoiceLine, ("name", "about"), kept=_invoices_of_lines),
    Written(models.Invoice, ("reason",), kept=_invoices_of_buyers),
    Written(models.InvoiceDocument, ("buyer",), kept=_invoices_of_buyers),
    Written(models.BankEntry, ("payer", "message"), kept=_entries),
    Written(models.Delivery, ("product_name",), kept=_delivered),
)


def retained(connection: Reader, ids: Sequence[UUID]) -> Iterator[RetainedDocument]:
    """Invoices, credit notes and the bank's entries with their files; what accounting delivered, by document."""
    own = models.Invoice.customer_id.in_(ids)
    yield from _invoices(connection, own)
    yield from _bank_entries(connection, own)
    yield from _deliveries(connection, models.Delivery.customer_id.in_(ids))


def _invoices(reader: Reader, which: ColumnElement[bool]) -> Iterator[RetainedDocument]:
    invoice = models.Invoice
    issued = select(invoice.id, invoice.number, invoice.kind, invoice.issued_on).where(which)
    for row in reader.execute(issued.order_by(invoice.serial)):
        yield _kept(row.kind.value, row.id, row.number, row.issued_on)


def _bank_entries(reader: Reader, which: ColumnElement[bool]) -> Iterator[RetainedDocument]:
    invoice, entry = models.Invoice, models.BankEntry
    paid = select(entry.id, entry.booked_on, entry.bank_reference).outerjoin(invoice, invoice.id == entry.invoice_id)
    for row in reader.execute(paid.where(which).order_by(entry.booked_on, entry.id)):
        yield _kept("bank_entry", row.id, row.bank_reference, row.booked_on)


def _deliveries(reader: Reader, which: ColumnElement[bool]) -> Iterator[RetainedDocument]:
    delivery = models.Delivery
    delivered = select(
        delivery.batch_id, delivery.document_number, func.max(delivery.delivered_on).label("last_on")
    ).where(which, delivery.stands)
    for each in reader.execute(delivered.group_by(delivery.batch_id, delivery.document_number).order_by("last_on")):
        yield _kept("delivery", each.batch_id, each.document_number, each.last_on)


def _kept(kind: str, document_id: UUID, name: str, on: date) -> RetainedDocument:
    """Until the end of the sixth year after the year of the voucher."""
    until = date(on.year + YEARS, 12, 31)
    return RetainedDocument(kind=kind, id=document_id, name=name, basis=ACCOUNTING_ACT, until=until)
