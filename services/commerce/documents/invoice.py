"""The printed invoice, credit note and receipt (E6): PDF/A-2a in Finnish, Swedish or English.

Contents follow arvonlisäverolaki 209 e § (what an invoice must state); the payment part is Finance Finland's credit
transfer form with the bank barcode and the EPC QR code.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from chassis.typesetting import render_pdf
from services.commerce.documents import invoice_view
from services.commerce.rules.vat import VatCategory

TEMPLATE = Path(__file__).with_name("invoice.typ")


class DocumentKind(StrEnum):
    """What the paper is; only an invoice has a payment part."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"


@dataclass(frozen=True)
class Party:
    """Seller or buyer; the address lines are as they stand on an envelope, without the name."""

    name: str
    address: tuple[str, ...] = ()
    business_id: str = ""
    vat_id: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True)
class DocumentLine:
    """One line as it was issued: amounts in euros, `unit_price` without tax, `vat_percent` such as 25.5."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat_percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    detail: str = ""
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class VatLine:
    """The sums of one VAT rate; the category says why a rate is zero."""

    category: VatCategory
    percent: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True)
class PaymentDetails:
    """How and when to pay. `reference` is Finnish or RF; `late_interest_percent` a year, None for the legal rate."""

    iban: str
    bic: str
    reference: str
    due_on: date
    late_interest_percent: Decimal | None = None
    terms_days: int | None = None


@dataclass(frozen=True)
class Receipt:
    """When and how a paid document was paid."""

    paid_on: date
    method: str


@dataclass(frozen=True)
class InvoiceDocument:
    """Everything on the paper, as issued; sums of a credit note are negative. `credits` is the invoice it credits."""

    kind: DocumentKind
    number: str
    issued_on: date
    seller: Party
    buyer: Party
    lines: tuple[DocumentLine, ...]
    vat_lines: tuple[VatLine, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    payment: PaymentDetails | None = None
    receipt: Receipt | None = None
    delivered_on: date | None = None
    customer_number: str = ""
    your_reference: str = ""
    our_reference: str = ""
    credits: str = ""
    message: str = ""
    delivery_address: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.net + self.vat != self.gross:
            raise ValueError(f"document {self.number}: net {self.net} + VAT {self.vat} is not gross {self.gross}")
        if sum(line.gross for line in self.lines) != self.gross:
            raise ValueError(f"document {self.number}: the lines do not sum to gross {self.gross}")


def render_invoice(document: InvoiceDocument, language: str) -> bytes:
    """The PDF in `fi`, `sv` or `en` (anything else is taken as `fi`); the same document gives the same bytes.

    Raises InvalidIban and InvalidReference for payment details that no bank would take.
    """
    created_at = datetime.combine(document.issued_on, time(12), UTC)
    return render_pdf(TEMPLATE, invoice_view.view_of(document, language), created_at)
