"""An issued invoice as the document that is printed."""

from collections.abc import Sequence
from typing import Any

from contracts.base import Translated
from contracts.commerce.invoices import InvoiceKind
from contracts.commerce.seller import SellerDetails
from services.commerce import models
from services.commerce.answers import line_detail
from services.commerce.documents.invoice import (
    DocumentKind,
    DocumentLine,
    InvoiceDocument,
    Party,
    PaymentDetails,
    Receipt,
    VatLine,
)
from services.commerce.rules.money import ZERO, cents
from services.commerce.rules.vat import CATEGORIES, VatCode

METHODS = {
    "bank": {"fi": "tilisiirto", "sv": "kontoöverföring", "en": "bank transfer"},
    "paytrail": {"fi": "korttimaksu", "sv": "kortbetalning", "en": "card payment"},
}


def paper_of(
    invoice: models.Invoice,
    lines: Sequence[models.InvoiceLine],
    buyer: dict[str, Any],
    *,
    credits: str,  # noqa: A002  (the document's own word)
    paid_through: str,
) -> InvoiceDocument:
    """The paper in the buyer's language; an invoice already paid becomes a receipt."""
    language = buyer["language"]
    seller = SellerDetails.model_validate({name: invoice.seller[name] for name in SellerDetails.model_fields})
    kind = _kind(invoice, paid_through)
    return InvoiceDocument(
        kind=kind,
        number=invoice.number,
        issued_on=invoice.issued_on,
        seller=_seller(seller),
        buyer=Party(name=buyer["name"], address=tuple(buyer["address"])),
        lines=tuple(_line(line, language) for line in lines),
        vat_lines=_vat_lines(lines),
        net=invoice.net,
        vat=invoice.vat,
        gross=invoice.gross,
        payment=_payment(invoice, seller) if kind is DocumentKind.INVOICE and invoice.gross else None,
        receipt=_receipt(invoice, paid_through, language) if kind is DocumentKind.RECEIPT else None,
        credits=credits,
        message="\n\n".join(part for part in (invoice.reason, seller.terms) if part),
    )


def _kind(invoice: models.Invoice, paid_through: str) -> DocumentKind:
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return DocumentKind.CREDIT_NOTE
    return DocumentKind.RECEIPT if invoice.paid_on and paid_through else DocumentKind.INVOICE


def _seller(seller: SellerDetails) -> Party:
    town = f"{seller.postal_code} {seller.city}".strip()
    return Party(
        name=seller.name,
        address=tuple(part for part in (seller.street, town) if part),
        business_id=seller.business_id,
        vat_id=seller.vat_id,
        email=seller.email,
        phone=seller.phone,
        website=seller.website,
    )


def _line(line: models.InvoiceLine, language: str) -> DocumentLine:
    return DocumentLine(
        description=Translated.model_validate(line.name).in_language(language),
        quantity=line.quantity.normalize(),
        unit="",
        unit_price=cents(line.net / line.quantity) if line.quantity else ZERO,
        vat_percent=line.vat_percent,
        detail=line_detail(line, language),
        net=line.net,
        vat=line.vat,
        gross=line.gross,
    )


def _vat_lines(lines: Sequence[models.InvoiceLine]) -> tuple[VatLine, ...]:
    groups = sorted({(CATEGORIES[VatCode(line.vat_code)], line.vat_percent) for line in lines}, key=lambda g: -g[1])
    found = []
    for category, percent in groups:
        own = [line for line in lines if (CATEGORIES[VatCode(line.vat_code)], line.vat_percent) == (category, percent)]
        net, tax = sum((line.net for line in own), ZERO), sum((line.vat for line in own), ZERO)
        found.append(VatLine(category, percent, net, tax, net + tax))
    return tuple(found)


def _payment(invoice: models.Invoice, seller: SellerDetails) -> PaymentDetails:
    return PaymentDetails(
        iban=invoice.iban,
        bic=seller.bic,
        reference=invoice.reference,
        due_on=invoice.due_on,
        late_interest_percent=seller.late_interest_percent,
        terms_days=(invoice.due_on - invoice.issued_on).days,
    )


def _receipt(invoice: models.Invoice, paid_through: str, language: str) -> Receipt:
    assert invoice.paid_on is not None
    return Receipt(invoice.paid_on, METHODS[paid_through][language])
