"""Invoices (E6, R2): numbers without gaps, nothing changes once issued, the PDF reaches its customer once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pymupdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import files
from chassis.clock import today
from chassis.database import database_of
from chassis.ids import new_id
from chassis.typesetting import TypesettingFailed
from chassis.worker import Worker
from contracts.base import ById, Translated
from contracts.commerce.bank_files import ImportBankFile
from contracts.commerce.invoices import CreditInvoice, InvoiceDocumentReady, InvoiceKind, InvoiceState, ListInvoices
from contracts.commerce.prices import AskQuote, CreatePriceAgreement, QuoteLineRequest
from contracts.contacts.addresses import Address
from contracts.contacts.erasures import ErasePerson
from contracts.contacts.persons import CreatePerson
from contracts.courses import PaymentMethod
from contracts.errors import Conflict, NotFound
from services.commerce import worker as tasks
from services.commerce.commands import orders
from services.commerce.process import documents
from services.commerce.rules.references import is_valid_reference, rf_reference
from tests.integration.conftest import member
from tests.integration.test_commerce_bank_files import Line, camt
from tests.integration.test_commerce_card_payments import side_by_side
from tests.integration.test_commerce_orders import Shop

pytestmark = pytest.mark.integration


ANOTHER_LINE = """
INSERT INTO invoice_lines SELECT gen_random_uuid(), invoice_id, position + 1, product_id, name, quantity,
       unit_price, vat_code, vat_percent, net, vat, gross, account FROM invoice_lines
"""


class Wanted(Exception):
    """A transaction that is to be rolled back."""


@pytest.fixture
def shop(
    clean_database: Callable[..., None], call_service: Callable[..., Any], handle_event: Callable[..., None]
) -> Shop:
    for service in ("commerce", "contacts"):
        clean_database(service)
    return Shop(call_service, handle_event)


def bill(seat: Any, *, fail: bool) -> bool:
    """Issue one more invoice of a seat's order, perhaps failing after it has taken its number."""
    try:
        with database_of("commerce").transaction() as session:
            order = orders.locked(session, seat.order_id)
            assert order is not None
            orders.bill(session, order, today(), datetime.now(UTC))
            if fail:
                raise Wanted
    except Wanted:
        return False
    return True


def test_E6_R2_fifty_parallel_issues_with_rollbacks_leave_no_gap(shop):
    seats = [shop.held("10.00") for _ in range(50)]
    failing = set(random.Random(41).sample(range(50), 20))
    with ThreadPoolExecutor(10) as pool:
        issued = list(pool.map(lambda number: bill(seats[number], fail=number in failing), range(50)))
    assert issued.count(True) == 30
    with database_of("commerce").reader() as reader:
        serials = sorted(reader.execute(text("SELECT serial FROM invoices")).scalars())
    assert serials == list(range(1_000_001, 1_000_031))
    assert shop.balance()["1700"] == Decimal("300.00")


def test_E6_R2_without_the_locked_counter_numbers_do_collide_or_leave_gaps(shop):
    """Negative control: the same work by `max + 1` gives numbers twice, by a sequence leaves gaps."""
    with database_of("commerce").transaction() as session:
        session.execute(text("CREATE TABLE IF NOT EXISTS numbers_given (number bigint)"))
        session.execute(text("CREATE SEQUENCE IF NOT EXISTS numbers_by_sequence"))

    def naive(_: int) -> int:
        with database_of("commerce").transaction() as session:
            number = session.execute(text("SELECT coalesce(max(number), 0) + 1 FROM numbers_given")).scalar_one()
            session.execute(text("SELECT pg_sleep(0.05)"))
            session.execute(text("INSERT INTO numbers_given VALUES (:number)"), {"number": number})
            return int(number)

    try:
        with ThreadPoolExecutor(8) as pool:
            numbers = list(pool.map(naive, range(16)))
        assert len(set(numbers)) < len(numbers)
        following = text("SELECT nextval('numbers_by_sequence')")
        with Session(database_of("commerce").write) as session:
            session.execute(following)
            session.rollback()
            assert session.execute(following).scalar_one() == 2
    finally:
        with database_of("commerce").transaction() as session:
            session.execute(text("DROP TABLE numbers_given"))
            session.execute(text("DROP SEQUENCE numbers_by_sequence"))


def test_E6_references_are_valid_and_differ(shop):
    invoices = [shop.billed("10.00") for _ in range(3)]
    assert all(is_valid_reference(invoice.reference) for invoice in invoices)
    assert all(rf_reference(invoice.reference) == invoice.rf_reference for invoice in invoices)
    assert len({invoice.reference for invoice in invoices}) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoices SET gross = gross + 1, net = net + 1",
        "UPDATE invoices SET customer_id = gen_random_uuid()",
        "UPDATE invoices SET number = '1'",
        "UPDATE invoices SET due_on = due_on + 1",
        "UPDATE invoices SET seller = '{}'",
        "DELETE FROM invoices",
        'UPDATE invoice_lines SET name = \'{"fi": "muu"}\'',
        "DELETE FROM invoice_lines",
        "UPDATE ledger_entries SET amount = amount * 2",
        "DELETE FROM ledger_entries",
        "UPDATE postings SET text = 'muu'",
        "DELETE FROM postings",
        "INSERT INTO ledger_entries SELECT gen_random_uuid(), id, '1910', 5 FROM postings",
        (
            "INSERT INTO invoice_lines SELECT gen_random_uuid(), invoice_id, position + 1, product_id, name, quantity,"
            " unit_price, vat_code, vat_percent, net, vat, gross, account FROM invoice_lines"
        ),
        "UPDATE invoices SET open_amount = -1",
        "UPDATE invoices SET open_amount = gross + 1",
    ],
)
def test_E6_what_was_issued_or_booked_cannot_be_changed(shop, statement):
    before = shop.billed("125.50")
    with pytest.raises(IntegrityError), database_of("commerce").transaction() as session:
        session.execute(text(statement))
    assert shop.invoice(before.id) == before
    assert shop.balance()["1700"] == Decimal("125.50")


def test_E6_a_credit_note_mirrors_its_invoice_once(shop):
    invoice = shop.billed("125.50")
    note = shop.call("credit_invoice", CreditInvoice(id=invoice.id, reason="Väärä tuote"))
    assert (note.kind, note.credits_id, note.gross, note.open_amount) == (
        InvoiceKind.CREDIT_NOTE, invoice.id, Decimal("-125.50"), 0,
    )  # fmt: skip
    assert [(line.net, line.vat) for line in note.lines] == [(Decimal("-100.00"), Decimal("-25.50"))]
    assert int(note.number) == int(invoice.number) + 1
    assert shop.invoice(invoice.id).state is InvoiceState.CREDITED
    for again in (invoice.id, note.id):
        with pytest.raises(Conflict):
            shop.call("credit_invoice", CreditInvoice(id=again, reason="Uudestaan"))
    with pytest.raises(NotFound):
        shop.call("credit_invoice", CreditInvoice(id=new_id(), reason="Ei ole"))
    assert shop.balance() == {}


def test_E6_a_part_paid_invoice_credited_leaves_the_customers_credit(shop):
    invoice = shop.billed("100.00")
    key = files.new_key("gateway", ".xml")
    files.store(key, camt([Line("30.00", invoice.reference, "A1")]))
    shop.call("import_bank_file", ImportBankFile(file_key=key, file_name="x.xml"))
    shop.call("credit_invoice", CreditInvoice(id=invoice.id, reason="Peruttu"))
    assert shop.balance() == {"1910": Decimal("30.00"), "2870": Decimal("-30.00")}


def test_E6_invoices_are_found_by_state_number_and_reference(shop):
    first, second, third = (shop.billed("10.00") for _ in range(3))
    shop.call("credit_invoice", CreditInvoice(id=second.id, reason="Virhe"))

    def numbers(**asked: Any) -> list[str]:
        return [invoice.number for invoice in shop.call("list_invoices", ListInvoices(**asked)).data]

    assert numbers(state=InvoiceState.OPEN) == [third.number, first.number]
    assert numbers(state=InvoiceState.CREDITED) == [second.number]
    assert numbers(q=first.number) == [first.number]
    assert numbers(q=f"00{first.reference[:2]} {first.reference[2:]}") == [first.number]
    assert numbers(q=third.rf_reference) == [third.number]
    assert numbers(q="%") == []


@pytest.fixture
def worker(shop: Shop) -> Any:
    worker = Worker("commerce")
    yield worker
    worker.database.dispose()


def test_E6_the_pdf_is_made_stored_and_told_once(shop, worker, call_service, recorded):
    home = Address(street="Mäkelänkatu 5 Å", postal_code="00550", city="Helsinki")
    details = {"given_name": "Åsa", "family_name": "Öhman", "language": "sv", "addresses": [home]}
    person = call_service("contacts", "create_person", CreatePerson(**details))
    invoice = shop.billed("125.50", person_id=person.id)
    with pytest.raises(NotFound):
        shop.call("get_invoice_file", ById(id=invoice.id))
    side_by_side(3, lambda _: tasks.render_invoices(worker))
    tasks.render_invoices(worker)
    file = shop.call("get_invoice_file", ById(id=invoice.id), principal=member(person.id))
    page = pymupdf.open(stream=files.load(file.file_key), filetype="pdf")[0].get_text()
    for expected in ("Åsa Öhman", "Mäkelänkatu 5 Å", "Faktura", "Kursdag", invoice.number, "125,50"):
        assert expected in page
    ready = [event["data"] for event in recorded("commerce", InvoiceDocumentReady)]
    assert [(event["invoice_id"], event["paid"]) for event in ready] == [(str(invoice.id), False)]
    assert shop.invoice(invoice.id).document_key == file.file_key


def test_E2_E6_an_invoice_says_in_its_customers_language_what_it_is_for_and_why_at_this_price(
    shop, worker, call_service
):
    person = call_service(
        "contacts", "create_person", CreatePerson(given_name="Åsa", family_name="Öhman", language="sv")
    )
    about = Translated(fi="Ensiapu, 12.3.2027", sv="Första hjälpen, 12.3.2027", en="First aid, 12 Mar 2027")
    product_id = shop.product("120.00")
    own_price = {"price": "90.00", "valid_from": today()}
    shop.call("create_price_agreement", CreatePriceAgreement(customer_id=person.id, product_id=product_id, **own_price))
    line = QuoteLineRequest(product_id=product_id, about=about)
    quote = shop.call("make_quote", AskQuote(customer_id=person.id, lines=[line]))
    seat = shop.seat(person_id=person.id, payment=PaymentMethod.INVOICE).model_copy(update={"quote_id": quote.id})
    shop.handle(seat)
    order = shop.order(seat.order_id)
    assert (order.lines[0].about, order.lines[0].list_price, order.lines[0].price_kind) == (
        about, Decimal("120.00"), "price_agreement",
    )  # fmt: skip
    assert shop.invoice(order.invoice_id).language == "fi"
    tasks.render_invoices(worker)
    invoice = shop.invoice(order.invoice_id)
    said = "Första hjälpen, 12.3.2027\nAvtalspris, ordinarie pris 120,00 €"
    assert (invoice.language, invoice.lines[0].description) == ("sv", "Kursdag")
    assert invoice.lines[0].detail.replace("\xa0", " ") == said
    note = shop.call("credit_invoice", CreditInvoice(id=invoice.id, reason="Sairaus"))
    assert (note.lines[0].description, note.lines[0].detail) == ("Kursdag", invoice.lines[0].detail)
    tasks.render_invoices(worker)
    for each in (invoice, note):
        file = shop.call("get_invoice_file", ById(id=each.id))
        page = pymupdf.open(stream=files.load(file.file_key), filetype="pdf")[0].get_text().replace("\xa0", " ")
        assert [part for part in ("Kursdag", *said.split("\n")) if part not in page] == []


def test_E6_an_invoice_waits_for_a_buyer_nobody_knows_yet(shop, worker, call_service, recorded):
    person_id = new_id()
    invoice = shop.billed("10.00", person_id=person_id)
    tasks.render_invoices(worker)
    assert recorded("commerce", InvoiceDocumentReady) == []
    details = CreatePerson(given_name="Matti", family_name="Meikäläinen")
    known = call_service("contacts", "create_person", details)
    other = shop.billed("10.00", person_id=known.id)
    tasks.render_invoices(worker)
    assert [event["data"]["invoice_id"] for event in recorded("commerce", InvoiceDocumentReady)] == [str(other.id)]
    documents.render_due(worker.transaction, datetime.now(UTC) + timedelta(hours=2))
    assert shop.invoice(invoice.id).document_key is None


def test_E6_an_invoice_that_cannot_be_printed_keeps_no_other_waiting(shop, worker, call_service, monkeypatch):
    person = call_service("contacts", "create_person", CreatePerson(given_name="Matti", family_name="Meikäläinen"))
    first, second = (shop.billed("10.00", person_id=person.id) for _ in range(2))
    printed, now = documents.render_invoice, datetime.now(UTC)

    def too_long(document, language):
        if document.number == first.number:
            raise TypesettingFailed("invoice.typ took more than 120 seconds")
        return printed(document, language)

    with monkeypatch.context() as patched:
        patched.setattr(documents, "render_invoice", too_long)
        documents.render_due(worker.transaction, now)
    assert shop.invoice(second.id).document_key
    documents.render_due(worker.transaction, now + timedelta(seconds=1))
    assert shop.invoice(first.id).document_key is None, "it is tried again after a pause"
    documents.render_due(worker.transaction, now + timedelta(seconds=3))
    assert shop.invoice(first.id).document_key


def test_E6_C17_papers_of_somebody_erased_are_made_without_the_name(shop, worker, call_service):
    person = call_service("contacts", "create_person", CreatePerson(given_name="Matti", family_name="Meikäläinen"))
    invoice = shop.billed("10.00", person_id=person.id)
    tasks.render_invoices(worker)
    late = shop.billed("10.00", person_id=person.id)
    call_service("contacts", "erase_person", ErasePerson(id=person.id, version=1, reason="requested"))
    note = shop.call("credit_invoice", CreditInvoice(id=invoice.id, reason="Peruttu"))
    tasks.render_invoices(worker)
    assert "Matti Meikäläinen" in paper(shop, invoice.id)
    for each in (late, note):
        assert "Poistettu henkilö" in paper(shop, each.id)
    assert invoice.number in paper(shop, note.id)


def paper(shop, invoice_id) -> str:
    file = shop.call("get_invoice_file", ById(id=invoice_id))
    return str(pymupdf.open(stream=files.load(file.file_key), filetype="pdf")[0].get_text())
