"""Invoices and credit notes (E6)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import Amount, ById, Event, Language, Line, ListRequest, Page, Reply, Request, command, query
from contracts.system import SystemApi


class InvoiceState(StrEnum):
    """Open, (over)paid or credited; overdue is computed from the date."""

    OPEN = "open"
    PAID = "paid"
    CREDITED = "credited"


class InvoiceKind(StrEnum):
    """An invoice or a credit note."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceLine(Reply):
    """A line of an invoice; `description` and `detail` (what exactly, and why at this price) in its language."""

    description: str
    detail: str = ""
    quantity: Decimal
    unit_price: Amount
    vat_percent: Decimal
    net: Amount
    vat: Amount
    gross: Amount


class Invoice(Reply):
    """An issued invoice; never changes but for what is paid.

    `language` is the customer's when the document was made; Finnish until then, for some moments.
    """

    id: UUID
    number: str
    kind: InvoiceKind
    state: InvoiceState
    overdue: bool = False
    customer_id: UUID
    order_id: UUID | None = None
    credits_id: UUID | None = None
    subject_kind: str = ""
    subject_id: UUID | None = None
    issued_on: date
    due_on: date
    reference: str
    rf_reference: str
    barcode: str
    iban: str
    language: Language = Language.FI
    lines: list[InvoiceLine]
    net: Amount
    vat: Amount
    gross: Amount
    open_amount: Amount
    currency: str = "EUR"
    paid_on: date | None = None
    document_key: str | None = None
    qr: str = ""
    """Text of the QR code that a bank's app reads (EPC069-12), for what is open."""
    version: int = 1


class ListInvoices(ListRequest):
    """Invoices, newest first."""

    customer_id: UUID | None = None
    state: InvoiceState | None = None
    overdue: bool = False
    """Only what is open and past its due day."""
    q: Annotated[str, Field(max_length=60)] | None = None
    """Number or reference."""


class InvoiceFile(Reply):
    """Where an invoice's PDF lies and what it is called."""

    invoice_id: UUID
    customer_id: UUID
    number: str
    kind: InvoiceKind
    file_key: str
    gross: Amount
    due_on: date
    reference: str


class CreditInvoice(Request):
    """Credits an invoice wholly."""

    id: UUID
    reason: Line


class InvoiceIssued(Event):
    """An invoice or credit note has its number and cannot change any more."""

    type: ClassVar = "invoice.issued.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    kind: InvoiceKind
    about_kind: str = ""
    about_id: UUID | None = None


class InvoiceDocumentReady(Event):
    """The PDF is stored and can be sent."""

    type: ClassVar = "invoice.document_ready.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    kind: InvoiceKind
    paid: bool


class InvoicePaid(Event):
    """An invoice is paid wholly."""

    type: ClassVar = "invoice.paid.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "invoice_id"
    invoice_id: UUID
    customer_id: UUID
    paid_on: date
    about_kind: str = ""
    about_id: UUID | None = None


class InvoicesApi(SystemApi):
    """RPC methods."""

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.PAY_INVOICE])
    def get_invoice(self, request: ById) -> Invoice: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.PAY_INVOICE])
    def get_invoice_file(self, request: ById) -> InvoiceFile: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_invoices(self, request: ListInvoices) -> Page[Invoice]: ...

    @command(may=Permission.COMMERCE_WRITE)
    def credit_invoice(self, request: CreditInvoice) -> Invoice: ...
