"""Invoices and credit notes: immutable once issued (triggers of migration 0001)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from contracts.commerce.invoices import InvoiceKind
from services.commerce.models.base import Base


class NumberSeries(Base):
    """The last number given in a series; its row is locked until the invoice is committed, so there are no gaps."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


class Invoice(Base):
    """An issued invoice or credit note (with negative sums).

    Only `open_amount`, `paid_on`, `credited_on` and `version` may change. `seller` is as it was when issued.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        CheckConstraint("net + vat = gross", name="sums"),
        CheckConstraint("open_amount BETWEEN 0 AND GREATEST(gross, 0)", name="open_amount"),
        CheckConstraint("(kind = 'credit_note') = (credits_id IS NOT NULL)", name="credits"),
        UniqueConstraint("series", "serial"),
        Index("ix_invoices_customer_id", "customer_id", "id"),
        redirects.index("invoices", "customer_id"),
        Index("ix_invoices_order_id", "order_id"),
        Index("ix_invoices_open", "due_on", "id", postgresql_where=text("open_amount > 0")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series: Mapped[str]
    serial: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[InvoiceKind]
    customer_id: Mapped[UUID]
    merged_customer_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"))
    credits_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), unique=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    reference: Mapped[str] = mapped_column(unique=True)
    rf_reference: Mapped[str]
    barcode: Mapped[str]
    iban: Mapped[str]
    net: Mapped[Decimal]
    vat: Mapped[Decimal]
    gross: Mapped[Decimal]
    currency: Mapped[str]
    seller: Mapped[dict[str, Any]]
    reason: Mapped[str]
    created_at: Mapped[datetime]
    open_amount: Mapped[Decimal]
    paid_on: Mapped[date | None]
    credited_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class InvoiceLine(Base):
    """A line of an invoice; `unit_price` and `gross` include VAT, `account` is where its net is booked."""

    __tablename__ = "invoice_lines"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    product_id: Mapped[UUID | None]
    name: Mapped[dict[str, Any]]
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    unit_price: Mapped[Decimal]
    vat_code: Mapped[str]
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    net: Mapped[Decimal]
    vat: Mapped[Decimal]
    gross: Mapped[Decimal]
    account: Mapped[str]
    about: Mapped[dict[str, Any] | None]
    """What exactly, in the languages of the suite."""
    list_price: Mapped[Decimal | None]
    price_kind: Mapped[str] = mapped_column(server_default="")


class InvoiceDocument(Base):
    """The PDF of an invoice: waiting to be made (`file_key` empty), or stored with the buyer as it was then."""

    __tablename__ = "invoice_documents"
    __table_args__ = (Index("ix_invoice_documents_due", "next_at", postgresql_where=text("file_key IS NULL")),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    next_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    file_key: Mapped[str | None]
    buyer: Mapped[dict[str, Any] | None]
    rendered_at: Mapped[datetime | None]
