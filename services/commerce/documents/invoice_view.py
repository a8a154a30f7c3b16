"""An InvoiceDocument as the texts, numbers and symbols its template sets."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.commerce.documents.formats import Formats
from services.commerce.documents.invoice_texts import TEXTS, Texts
from services.commerce.documents.symbols import barcode_svg, qr_svg
from services.commerce.rules.barcodes import NoBankBarcode, virtual_barcode
from services.commerce.rules.epc_qr import CreditTransfer, NoPaymentQr, epc_modules
from services.commerce.rules.iban import normalise_iban, print_iban
from services.commerce.rules.references import normalise_reference, print_reference, rf_reference
from services.commerce.rules.vat import VatCategory

if TYPE_CHECKING:
    from services.commerce.documents.invoice import DocumentLine, InvoiceDocument, Party, PaymentDetails, VatLine

View = dict[str, Any]
ZERO = Decimal(0)


def view_of(document: "InvoiceDocument", language: str) -> View:
    """What the template `invoice.typ` reads."""
    language = language if language in TEXTS else "fi"
    texts, formats = TEXTS[language], Formats(language)
    title = texts[document.kind.value]
    return {
        "language": language,
        "texts": texts,
        "title": title,
        "subject": f"{title} {document.number}",
        "seller": _party(document.seller),
        "buyer": _party(document.buyer),
        "facts": _facts(document, texts, formats),
        "message": document.message,
        "has_discount": any(line.discount_percent for line in document.lines),
        "lines": [_line(line, formats) for line in document.lines],
        "vat_lines": [_vat_line(line, formats) for line in document.vat_lines],
        "reasons": _reasons(document.vat_lines, texts),
        "net": formats.amount(document.net),
        "vat": formats.amount(document.vat),
        "total_label": texts[f"total_{document.kind.value}"],
        "total": formats.euros(document.gross),
        "receipt": _receipt(document, texts, formats),
        "footer": _footer(document.seller, texts),
        "slip": _slip(document, formats) if document.payment and document.gross > ZERO else None,
    }


def _party(party: "Party") -> View:
    return {"name": party.name, "address": list(party.address), "business_id": party.business_id}


def _facts(document: "InvoiceDocument", texts: Texts, formats: Formats) -> list[list[str]]:
    """Label and value of what stands at the top right, without those that have no value."""
    payment = document.payment
    facts = [
        ("number", document.number),
        ("issued_on", formats.day(document.issued_on)),
        ("delivered_on", formats.day(document.delivered_on)),
        ("credits", document.credits),
        ("customer_number", document.customer_number),
        ("buyer_business_id", document.buyer.business_id or document.buyer.vat_id),
        ("your_reference", document.your_reference),
        ("our_reference", document.our_reference),
        ("delivery_address", ", ".join(document.delivery_address)),
    ]
    if payment and document.gross > ZERO:
        facts += _payment_facts(payment, texts, formats)
    return [[texts[label], value] for label, value in facts if value]


def _payment_facts(payment: "PaymentDetails", texts: Texts, formats: Formats) -> list[tuple[str, str]]:
    interest = payment.late_interest_percent
    days = "" if payment.terms_days is None else texts["days_net"].format(days=payment.terms_days)
    return [
        ("terms", days),
        ("late_interest", texts["legal_interest"] if interest is None else formats.percent(interest)),
        ("due_on", formats.day(payment.due_on)),
    ]


def _line(line: "DocumentLine", formats: Formats) -> View:
    return {
        "description": line.description,
        "detail": line.detail,
        "quantity": formats.quantity(line.quantity),
        "unit": line.unit,
        "unit_price": formats.unit_price(line.unit_price),
        "discount": formats.percent(line.discount_percent) if line.discount_percent else "",
        "vat_percent": formats.percent(line.vat_percent),
        "net": formats.amount(line.net),
        "gross": formats.amount(line.gross),
    }


def _vat_line(line: "VatLine", formats: Formats) -> list[str]:
    amounts = [formats.amount(amount) for amount in (line.net, line.vat, line.gross)]
    return [formats.percent(line.percent), *amounts]


def _reasons(vat_lines: "tuple[VatLine, ...]", texts: Texts) -> list[str]:
    """Why no tax is added, as arvonlisäverolaki 209 e § wants it said."""
    categories = {line.category for line in vat_lines} - {VatCategory.STANDARD}
    return [texts[f"reason_{category.name.lower()}"] for category in VatCategory if category in categories]


def _receipt(document: "InvoiceDocument", texts: Texts, formats: Formats) -> str:
    if document.receipt is None:
        return ""
    return texts["paid"].format(day=formats.day(document.receipt.paid_on), method=document.receipt.method)


def _footer(seller: "Party", texts: Texts) -> list[list[str]]:
    ids = [(texts["business_id"], seller.business_id), (texts["vat_id"], seller.vat_id)]
    named = [f"{label}\N{NO-BREAK SPACE}{value}" for label, value in ids if value]
    rows = [[seller.name, ", ".join(seller.address), *named], [seller.email, seller.phone, seller.website]]
    return [[part for part in row if part] for row in rows if any(row)]


def _slip(document: "InvoiceDocument", formats: Formats) -> View:
    payment = document.payment
    assert payment is not None
    reference = normalise_reference(payment.reference)
    rf = rf_reference(reference) if reference.isdigit() else reference
    barcode = _barcode(document, reference)
    return {
        "iban": print_iban(normalise_iban(payment.iban)),
        "bic": payment.bic,
        "reference": print_reference(reference),
        "rf": print_reference(rf) if rf != reference else "",
        "due_on": formats.day(payment.due_on),
        "amount": formats.amount(document.gross),
        "barcode": barcode,
        "barcode_svg": barcode_svg(barcode) if barcode else "",
        "qr_svg": _qr(document),
    }


def _barcode(document: "InvoiceDocument", reference: str) -> str:
    payment = document.payment
    assert payment is not None
    international = not reference.isdigit()
    try:
        return virtual_barcode(payment.iban, document.gross, reference, payment.due_on, international=international)
    except NoBankBarcode:
        return ""


def _qr(document: "InvoiceDocument") -> str:
    payment = document.payment
    assert payment is not None
    transfer = CreditTransfer(
        document.seller.name, payment.iban, document.gross, payment.reference, payment.due_on, payment.bic
    )
    try:
        return qr_svg(epc_modules(transfer))
    except NoPaymentQr:
        return ""
