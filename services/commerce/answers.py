"""Rows of commerce's tables as the contract shows them. A row is a mapped object or a row of its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.base import Language, Translated
from contracts.commerce.bank_files import BankEntry, BankFile
from contracts.commerce.invoices import Invoice, InvoiceFile, InvoiceKind, InvoiceLine, InvoiceState
from contracts.commerce.orders import Order, OrderLine
from contracts.commerce.payments import Payment, Refund
from contracts.commerce.prices import PriceAgreement
from contracts.commerce.products import Product
from services.commerce.models import Base
from services.commerce.rules import line_texts
from services.commerce.rules.epc_qr import CreditTransfer, NoPaymentQr, epc_payload


@dataclass(frozen=True)
class Paper:
    """An invoice's document: its language and where it lies; Finnish and nowhere until it is made."""

    language: Language = Language.FI
    file_key: str | None = None

    @classmethod
    def of(cls, buyer: dict[str, Any] | None, file_key: str | None) -> "Paper":
        """From columns of `invoice_documents`."""
        return cls(Language(buyer["language"]) if buyer else Language.FI, file_key)


def _fields(row: Any) -> dict[str, Any]:
    if isinstance(row, Base):
        return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    fields: dict[str, Any] = row._asdict()
    return fields


def product(row: Any) -> Product:
    """A row of `products`."""
    return Product.model_validate(_fields(row))


def price_agreement(row: Any) -> PriceAgreement:
    """A row of `price_agreements`."""
    return PriceAgreement.model_validate(_fields(row))


def order(row: Any, lines: Sequence[Any]) -> Order:
    """A row of `orders` and its `order_lines`."""
    shown = [OrderLine.model_validate(_fields(line)) for line in lines]
    return Order.model_validate(_fields(row) | {"lines": shown})


def payment(row: Any) -> Payment:
    """A row of `payments`."""
    return Payment.model_validate(_fields(row))


def refund(row: Any) -> Refund:
    """A row of `refunds`."""
    return Refund.model_validate(_fields(row))


def invoice_state(row: Any) -> InvoiceState:
    """Credited, else paid when nothing is open."""
    if row.credited_on is not None:
        return InvoiceState.CREDITED
    return InvoiceState.OPEN if row.open_amount else InvoiceState.PAID


def invoice(row: Any, lines: Sequence[Any], paper: Paper, today: date) -> Invoice:
    """A row of `invoices` with its lines as it is on `today`."""
    computed = {
        "state": invoice_state(row),
        "overdue": bool(row.open_amount) and row.due_on < today,
        "language": paper.language,
        "lines": [invoice_line(line, paper.language) for line in lines],
        "document_key": paper.file_key,
        "qr": _payment_qr(row),
    }
    return Invoice.model_validate(_fields(row) | computed)


def _payment_qr(row: Any) -> str:
    """What a bank's app reads to pay what is open; empty when nothing is, or it cannot be said so."""
    seller = row.seller
    try:
        return epc_payload(
            CreditTransfer(
                seller.get("name", ""), row.iban, row.open_amount, row.reference, row.due_on, seller.get("bic", "")
            )
        )
    except NoPaymentQr:
        return ""


def invoice_line(row: Any, language: Language) -> InvoiceLine:
    """A row of `invoice_lines`, described in the invoice's language."""
    return InvoiceLine(
        description=Translated.model_validate(row.name).in_language(language),
        detail=line_detail(row, language),
        quantity=Decimal(row.quantity),
        unit_price=row.unit_price,
        vat_percent=row.vat_percent,
        net=row.net,
        vat=row.vat,
        gross=row.gross,
    )


def line_detail(row: Any, language: str) -> str:
    """What a row of `order_lines` or `invoice_lines` says besides its product."""
    return line_texts.detail(line_texts.Priced(row.about, row.list_price, row.price_kind, row.unit_price), language)


def invoice_file(row: Any, file_key: str) -> InvoiceFile:
    """Where the PDF of an invoice lies."""
    return InvoiceFile(
        invoice_id=row.id,
        customer_id=row.customer_id,
        number=row.number,
        kind=InvoiceKind(row.kind),
        file_key=file_key,
        gross=row.gross,
        due_on=row.due_on,
        reference=row.reference,
    )


def bank_file(row: Any) -> BankFile:
    """A row of `bank_files`."""
    return BankFile.model_validate(_fields(row))


def bank_entry(row: Any) -> BankEntry:
    """A row of `bank_entries`."""
    return BankEntry.model_validate(_fields(row))
