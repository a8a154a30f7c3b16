"""What is printed of an issued invoice, and small decisions of the service without input or output (E6, E2)."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from contracts.commerce.invoices import InvoiceKind
from services.commerce import models
from services.commerce.commands.bank_files import digest_of
from services.commerce.commands.invoices import income_account
from services.commerce.config import DEFAULT_SELLER
from services.commerce.documents.invoice import DocumentKind, InvoiceDocument
from services.commerce.process.paper import paper_of
from services.commerce.rules.bookkeeping import Account
from services.commerce.rules.vat import VatCategory

pytestmark = pytest.mark.unit
BUYER = {"name": "Åsa Öhman", "address": ["Gatan 1", "00100 Helsingfors"], "language": "sv"}


def line(gross: str, vat: str, percent: str, code: str, quantity: int = 1) -> models.InvoiceLine:
    amount, tax = Decimal(gross), Decimal(vat)
    return models.InvoiceLine(
        name={"fi": "Kurssi", "sv": "Kurs", "en": ""},
        quantity=Decimal(quantity),
        unit_price=amount / quantity,
        vat_code=code,
        vat_percent=Decimal(percent),
        net=amount - tax,
        vat=tax,
        gross=amount,
    )


def printed(lines: list[models.InvoiceLine], *, paid_through: str = "", **changes: object) -> InvoiceDocument:
    values: dict[str, object] = {
        "kind": InvoiceKind.INVOICE,
        "number": "1000001",
        "issued_on": date(2026, 11, 24),
        "due_on": date(2026, 12, 8),
        "reference": "10000012",
        "iban": DEFAULT_SELLER.iban,
        "seller": DEFAULT_SELLER.model_dump(mode="json") | {"version": 3},
        "reason": "",
        "net": sum(each.net for each in lines),
        "vat": sum(each.vat for each in lines),
        "gross": sum(each.gross for each in lines),
        "customer_id": uuid4(),
        "paid_on": None,
    }
    return paper_of(models.Invoice(**values | changes), lines, BUYER, credits="", paid_through=paid_through)


def test_E6_lines_of_one_rate_are_summed_and_described_in_the_buyers_language() -> None:
    paper = printed(
        [
            line("125.50", "25.50", "25.5", "standard"),
            line("251.00", "51.00", "25.5", "standard", quantity=2),
            line("10.00", "0.00", "0", "exempt"),
        ]
    )
    assert [(each.category, each.net, each.vat) for each in paper.vat_lines] == [
        (VatCategory.STANDARD, Decimal("300.00"), Decimal("76.50")),
        (VatCategory.EXEMPT, Decimal("10.00"), Decimal("0.00")),
    ]
    assert [each.description for each in paper.lines] == ["Kurs"] * 3
    assert [each.unit_price for each in paper.lines] == [Decimal("100.00"), Decimal("100.00"), Decimal("10.00")]
    assert paper.payment is not None
    assert (paper.kind, paper.payment.terms_days) == (DocumentKind.INVOICE, 14)


def test_E6_what_is_paid_becomes_a_receipt_and_a_credit_note_asks_for_no_money() -> None:
    sold = [line("50.00", "0.00", "0", "exempt")]
    receipt = printed(sold, paid_through="paytrail", paid_on=date(2026, 11, 24))
    assert receipt.receipt is not None
    assert (receipt.kind, receipt.receipt.method, receipt.payment) == (DocumentKind.RECEIPT, "kortbetalning", None)
    note = printed([line("-50.00", "0.00", "0", "exempt", quantity=-1)], kind=InvoiceKind.CREDIT_NOTE)
    assert (note.kind, note.payment, note.gross) == (DocumentKind.CREDIT_NOTE, None, Decimal("-50.00"))


def test_E6_an_invoice_of_nothing_asks_for_nothing() -> None:
    assert printed([line("0.00", "0.00", "0", "exempt")]).payment is None


@pytest.mark.parametrize(
    ("category", "account"),
    [
        ("membership", Account.MEMBERSHIP_FEES),
        ("membership-student", Account.MEMBERSHIP_FEES),
        ("courses", Account.COURSE_FEES),
        ("books", Account.SALES),
    ],
)
def test_E7_income_is_booked_by_category(category: str, account: Account) -> None:
    assert income_account(category) is account


def test_E7_the_same_content_has_the_same_digest() -> None:
    assert digest_of(b"a") == digest_of(b"a") != digest_of(b"b")
