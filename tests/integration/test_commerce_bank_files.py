"""Bank files booked against open invoices (E7, P10) on the real database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import files
from chassis.clock import today
from chassis.database import database_of
from chassis.ids import new_id
from contracts.access import Permission
from contracts.base import ById, ListRequest
from contracts.commerce.bank_files import ImportBankFile, ListBankEntries
from contracts.commerce.invoices import CreditInvoice, InvoicePaid, InvoiceState, ListInvoices
from contracts.commerce.orders import OrderState
from contracts.commerce.payments import ListPayments
from contracts.errors import Invalid, NotAllowed, NotFound
from services.commerce.commands import orders
from services.commerce.rules.references import rf_reference
from tests.integration.conftest import ANONYMOUS, staff
from tests.integration.test_commerce_card_payments import side_by_side
from tests.integration.test_commerce_orders import Shop

pytestmark = pytest.mark.integration
IBAN = "FI2112345600000785"
SAMPLES = Path(__file__).parent.parent / "data" / "bank"


@dataclass(frozen=True)
class Line:
    """Money on the account; `archive_id` is the bank's own."""

    amount: str
    reference: str = ""
    archive_id: str = ""
    payer: str = "Aino Esimerkki"


MESSAGES = {"camt.053.001.02": ("BkToCstmrStmt", "Stmt"), "camt.054.001.02": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def camt(lines: Iterable[Line], version: str = "camt.054.001.02", iban: str = IBAN) -> bytes:
    """A file as the bank would send it."""
    outer, inner = MESSAGES[version]
    day = today().isoformat()
    entries = "".join(
        f"<Ntry><Amt Ccy='EUR'>{line.amount.lstrip('-')}</Amt>"
        f"<CdtDbtInd>{'DBIT' if line.amount.startswith('-') else 'CRDT'}</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{line.archive_id}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><AcctSvcrRef>{line.archive_id}</AcctSvcrRef></Refs><RltdPties><Dbtr><Nm>{line.payer}</Nm></Dbtr>"
        f"</RltdPties><RmtInf><Strd><CdtrRefInf><Ref>{line.reference}</Ref></CdtrRefInf></Strd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
        for line in lines
    )
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><Document xmlns='urn:iso:std:iso:20022:tech:xsd:{version}'><{outer}>"
        f"<GrpHdr><MsgId>{new_id()}</MsgId></GrpHdr><{inner}><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{entries}"
        f"</{inner}></{outer}></Document>"
    ).encode()


class BankShop(Shop):
    """A shop whose customers pay into the bank account."""

    def upload(self, content: bytes, **named: Any) -> Any:
        key = files.new_key("gateway", ".xml")
        files.store(key, content)
        return self.call("import_bank_file", ImportBankFile(file_key=key, file_name="bank.xml"), **named)

    def entries(self, file_id: UUID) -> list[Any]:
        return list(self.call("list_bank_entries", ListBankEntries(id=file_id, limit=200)).data)


def counts(file: Any) -> tuple[int, int, int, int]:
    return file.entries, file.matched, file.unmatched, file.duplicate


@pytest.fixture
def shop(
    clean_database: Callable[..., None], call_service: Callable[..., Any], handle_event: Callable[..., None]
) -> BankShop:
    clean_database("commerce")
    return BankShop(call_service, handle_event)


def test_E7_a_payment_finds_its_invoice_by_either_reference(shop, recorded):
    first, second = shop.billed("60.00"), shop.billed("40.00")
    file = shop.upload(
        camt([Line("60.00", first.reference, "A1"), Line("40.00", rf_reference(second.reference), "A2")])
    )
    assert (counts(file), file.format) == ((2, 2, 0, 0), "camt.054")
    for invoice in (first, second):
        paid = shop.invoice(invoice.id)
        assert (paid.state, paid.open_amount, paid.paid_on) == (InvoiceState.PAID, 0, today())
        assert shop.order(invoice.order_id).state is OrderState.PAID
    assert len(recorded("commerce", InvoicePaid)) == 2
    assert shop.balance()["1910"] == Decimal("100.00")
    assert "1700" not in shop.balance()
    payments = shop.call("list_payments", ListPayments(customer_id=first.customer_id)).data
    assert [(each.provider, each.amount, each.invoice_id) for each in payments] == [
        ("bank", Decimal("60.00"), first.id)
    ]


def test_E7_the_same_file_again_books_nothing(shop, recorded):
    invoice = shop.billed("60.00")
    content = camt([Line("60.00", invoice.reference, "A1"), Line("5.00", "", "A2")])
    first, again = shop.upload(content), shop.upload(content)
    assert (counts(first), counts(again)) == ((2, 1, 1, 0), (2, 0, 0, 2))
    assert again.id == first.id
    assert len(recorded("commerce", InvoicePaid)) == 1
    assert shop.balance()["1910"] == Decimal("60.00")
    assert [file.id for file in shop.call("list_bank_files", ListRequest()).data] == [first.id]


def test_E7_the_same_file_ten_times_at_once_books_once(shop):
    invoice = shop.billed("60.00")
    content = camt([Line("60.00", invoice.reference, "A1")])
    answers = side_by_side(10, lambda _: shop.upload(content))
    assert sorted(counts(answer) for answer in answers) == [(1, 0, 0, 1)] * 9 + [(1, 1, 0, 0)]
    assert shop.balance()["1910"] == Decimal("60.00")


def test_E7_entries_of_a_notification_come_again_in_the_statement(shop):
    invoice = shop.billed("60.00")
    lines = [Line("60.00", invoice.reference, "A1"), Line("7.00", "", "A2")]
    shop.upload(camt(lines))
    statement = shop.upload(camt([*lines, Line("-3.20", "", "A3")], "camt.053.001.02"))
    assert (counts(statement), statement.format) == ((3, 0, 1, 2), "camt.053")
    assert [entry.state for entry in shop.entries(statement.id)] == ["outgoing"]
    assert shop.balance()["1910"] == Decimal("60.00")


def test_E7_the_sample_files_of_one_day_overlap(shop):
    files_of_a_day = ["camt054_v08.xml", "camt053_v08.xml", "ktl_sfs4017.txt", "camt054_v02.xml"]
    imported = [shop.upload((SAMPLES / name).read_bytes()) for name in files_of_a_day]
    assert [file.format for file in imported] == ["camt.054", "camt.053", "ktl", "camt.054"]
    assert all(file.duplicate for file in imported[1:])
    assert all(file.entries == file.matched + file.unmatched + file.duplicate for file in imported)


def test_E7_part_payments_leave_the_rest_open(shop, recorded):
    invoice = shop.billed("100.00")
    shop.upload(camt([Line("30.00", invoice.reference, "A1")]))
    part = shop.invoice(invoice.id)
    assert (part.state, part.open_amount) == (InvoiceState.OPEN, Decimal("70.00"))
    assert [item.open_amount for item in shop.call("list_open_items", ListRequest()).data] == [Decimal("70.00")]
    assert recorded("commerce", InvoicePaid) == []
    shop.upload(camt([Line("20.00", invoice.reference, "A2"), Line("50.00", invoice.reference, "A3")]))
    assert shop.invoice(invoice.id).state is InvoiceState.PAID
    assert len(recorded("commerce", InvoicePaid)) == 1


def test_E7_what_is_paid_over_is_the_customers_credit(shop, recorded):
    invoice = shop.billed("100.00")
    lines = [Line("80.00", invoice.reference, "A1"), Line("50.00", invoice.reference, "A2")]
    shop.upload(camt([*lines, Line("10.00", invoice.reference, "A3")]))
    assert shop.invoice(invoice.id).open_amount == 0
    assert shop.balance()["2870"] == Decimal("-40.00")
    assert "1700" not in shop.balance()
    assert len(recorded("commerce", InvoicePaid)) == 1
    shop.upload(camt([Line("1.00", invoice.reference, "A4")]))
    assert shop.balance()["2870"] == Decimal("-41.00")
    assert len(recorded("commerce", InvoicePaid)) == 1


def test_E7_money_for_a_credited_invoice_is_the_customers_credit(shop):
    invoice = shop.billed("100.00")
    shop.call("credit_invoice", CreditInvoice(id=invoice.id, reason="Virhe"))
    assert counts(shop.upload(camt([Line("100.00", invoice.reference, "A1")]))) == (1, 1, 0, 0)
    assert shop.balance() == {"1910": Decimal("100.00"), "2870": Decimal("-100.00")}


def test_E7_what_matches_nothing_stays_listed(shop):
    invoice = shop.billed("100.00")
    lines = [
        Line("10.00", "", "A1", payer="Lahjoittaja"),
        Line("11.00", "1232", "A2"),
        Line("-12.00", invoice.reference, "A3"),
    ]
    file = shop.upload(camt(lines))
    assert counts(file) == (3, 0, 3, 0)
    entries = shop.entries(file.id)
    assert [(entry.amount, entry.state) for entry in entries] == [
        (Decimal("10.00"), "unmatched"),
        (Decimal("11.00"), "unmatched"),
        (Decimal("-12.00"), "outgoing"),
    ]
    assert entries[0].payer == "Lahjoittaja"
    assert shop.call("get_bank_file", ById(id=file.id)) == file
    assert "1910" not in shop.balance()


def test_E7_money_on_an_account_that_is_not_ours_pays_nothing(shop):
    invoice = shop.billed("100.00")
    file = shop.upload(camt([Line("100.00", invoice.reference, "A1")], iban="FI1410093000123458"))
    assert counts(file) == (1, 0, 1, 0)
    assert shop.invoice(invoice.id).state is InvoiceState.OPEN


GOOD = Line("5.00", "", "A1")
NOT_BANK_FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "csv": lambda: b"id;amount\n1;2",
    "nothing in it": lambda: b"<Document/>",
    "another message": lambda: b"<Document><Other/></Document>",
    "parts of a cent": lambda: camt([Line("1.005", "", "A1")]),
    "absurd sum": lambda: camt([Line("99999999999", "", "A1")]),
    "cut short": lambda: camt([GOOD])[:-20],
    "wrong account": lambda: camt([GOOD]).replace(b"FI21", b"FI22"),
    "entities": lambda: (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>'
    ),
    "wrong encoding": lambda: b"\xff\xfe\x00\x01",
}


@pytest.mark.parametrize("name", NOT_BANK_FILES)
def test_E7_a_file_that_is_no_bank_file_is_refused_and_books_nothing(shop, name):
    content = NOT_BANK_FILES[name]()
    with pytest.raises(Invalid) as refused:
        shop.upload(content)
    assert refused.value.errors[0].code == "invalid_bank_file"
    assert shop.call("list_bank_files", ListRequest()).data == []


def test_E7_only_the_office_uploads_and_only_what_is_stored(shop):
    with pytest.raises(NotFound):
        shop.call("import_bank_file", ImportBankFile(file_key=files.new_key("gateway", ".xml"), file_name="x.xml"))
    with pytest.raises(Invalid):
        shop.call("import_bank_file", ImportBankFile(file_key="../../etc/passwd", file_name="x.xml"))
    with pytest.raises(NotAllowed):
        shop.upload(camt([]), principal=staff(Permission.COMMERCE_READ))
    with pytest.raises(Exception, match="Sign in"):
        shop.upload(camt([]), principal=ANONYMOUS)


def test_E7_a_thousand_payments_of_one_file_are_booked(shop, recorded):
    references = _many_invoices(shop, 100)
    lines = [Line("1.00", references[number % 100], f"A{number}") for number in range(1_000)]
    content = camt(lines)
    key = files.new_key("gateway", ".xml")
    files.store(key, content)
    file = shop.call("import_bank_file", ImportBankFile(file_key=key, file_name="big.xml"))
    assert counts(file) == (1_000, 1_000, 0, 0)
    assert len(recorded("commerce", InvoicePaid)) == 100
    assert shop.balance()["1910"] == Decimal("1000.00")
    assert "1700" not in shop.balance()


def _many_invoices(shop: BankShop, count: int) -> list[str]:
    """References of open invoices of 10.00 euros each."""
    seat = shop.held("10.00")
    with database_of("commerce").transaction() as session:
        model = orders.locked(session, seat.order_id)
        assert model is not None
        for _ in range(count):
            orders.bill(session, model, today(), model.created_at)
        session.execute(text("UPDATE orders SET state = 'cancelled'"))
    found: list[str] = []
    cursor = None
    while True:
        page = shop.call("list_invoices", ListInvoices(limit=200, cursor=cursor))
        found += [invoice.reference for invoice in page.data]
        cursor = page.next_cursor
        if cursor is None:
            return found
