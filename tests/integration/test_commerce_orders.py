"""Products, quotes, orders and their billing (E1, E2, K2) on the real database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.database import database_of
from chassis.ids import new_id
from contracts.base import ById, ListRequest, Nothing, Translated
from contracts.commerce.deliveries import ListPurchases
from contracts.commerce.invoices import InvoiceIssued, InvoicePaid, ListInvoices
from contracts.commerce.orders import ListOrders, OrderBilled, OrderState
from contracts.commerce.prices import AskQuote, CreatePriceAgreement, QuoteLineRequest
from contracts.commerce.products import CreateProduct, ListProducts
from contracts.commerce.seller import UpdateSellerDetails
from contracts.courses import EnrolmentCancelled, HoldExpired, PaymentMethod, SeatHeld
from contracts.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from contracts.membership import AgreementOpened
from services.commerce import models
from tests.integration.conftest import ANONYMOUS, member, staff

pytestmark = pytest.mark.integration


class Shop:
    """Commerce through its real entrypoints: products, quotes, held seats, what came of them."""

    def __init__(self, call_service: Callable[..., Any], handle_event: Callable[..., None]) -> None:
        self.call_service = call_service
        self.handle = lambda event, **named: handle_event("commerce", event, **named)

    def call(self, method: str, request: Any, **named: Any) -> Any:
        return self.call_service("commerce", method, request, **named)

    def product(self, price: str = "120.00", **details: Any) -> UUID:
        code = details.pop("code", f"p{new_id().hex}")
        name = Translated(fi=f"Kurssipäivä {code[-4:]}", sv="Kursdag", en="Course day")
        details = {"category": "courses", "vat_code": "standard"} | details
        return self.call("create_product", CreateProduct(code=code, name=name, price=price, **details)).id

    def quote(self, price: str = "120.00", quantity: int = 1, **details: Any) -> Any:
        lines = [QuoteLineRequest(product_id=self.product(price, **details), quantity=quantity)]
        return self.call("make_quote", AskQuote(lines=lines))

    def seat(self, price: str = "120.00", payment: PaymentMethod = PaymentMethod.CARD, **named: Any) -> SeatHeld:
        """An event about a held seat, not yet handled."""
        return SeatHeld(
            enrolment_id=new_id(),
            session_id=new_id(),
            person_id=named.get("person_id") or new_id(),
            order_id=new_id(),
            quote_id=self.quote(price).id,
            payment=payment,
            expires_at=datetime.now(UTC) + timedelta(minutes=30),
        )

    def held(self, price: str = "120.00", payment: PaymentMethod = PaymentMethod.CARD, **named: Any) -> SeatHeld:
        """A held seat whose order is made."""
        seat = self.seat(price, payment, **named)
        self.handle(seat)
        return seat

    def order(self, order_id: UUID) -> Any:
        return self.call("get_order", ById(id=order_id))

    def invoice(self, invoice_id: UUID) -> Any:
        return self.call("get_invoice", ById(id=invoice_id))

    def billed(self, price: str = "120.00", **named: Any) -> Any:
        """An open invoice of a seat paid by invoice."""
        return self.invoice(self.order(self.held(price, PaymentMethod.INVOICE, **named).order_id).invoice_id)

    def cancel(self, seat: SeatHeld, *, refund: bool = True) -> None:
        self.handle(cancelled(seat, refund=refund))

    def balance(self) -> dict[str, Decimal]:
        """Balances by account; the books must balance whenever somebody looks."""
        trial = self.call("get_trial_balance", Nothing())
        assert trial.difference == 0
        return {line.account: line.balance for line in trial.lines if line.balance}


def cancelled(seat: SeatHeld, *, refund: bool = True) -> EnrolmentCancelled:
    ids = seat.model_dump(include={"enrolment_id", "session_id", "person_id", "order_id"})
    return EnrolmentCancelled(**ids, refund=refund)


def expired(seat: SeatHeld) -> HoldExpired:
    return HoldExpired(**seat.model_dump(include={"enrolment_id", "session_id", "person_id", "order_id"}))


@pytest.fixture
def shop(clean_database, call_service, handle_event) -> Shop:
    clean_database("commerce")
    clean_database("membership")
    return Shop(call_service, handle_event)


def test_E1_a_product_is_listed_by_code_and_its_code_is_taken_once(shop):
    for code in ("b-course", "a-course"):
        shop.product(code=code, for_sale=True)
    shop.product(code="hidden")
    listed = shop.call("list_products", ListProducts(), principal=ANONYMOUS)
    assert [each.code for each in listed.data] == ["a-course", "b-course"]
    assert len(shop.call("list_products", ListProducts(), principal=staff()).data) == 3
    with pytest.raises(Conflict):
        shop.product(code="a-course")


def test_E1_products_come_page_by_page(shop):
    for number in range(5):
        shop.product(code=f"code-{number}", for_sale=True)
    first = shop.call("list_products", ListProducts(limit=3))
    rest = shop.call("list_products", ListProducts(limit=3, cursor=first.next_cursor))
    assert [each.code for each in first.data + rest.data] == [f"code-{number}" for number in range(5)]
    assert not rest.has_more


def test_E1_a_vat_code_that_no_law_knows_is_refused(shop):
    with pytest.raises(Invalid) as refused:
        shop.product(vat_code="half")
    assert refused.value.errors[0].pointer == "/vat_code"


def test_E2_the_lowest_price_wins_and_every_rule_is_explained(shop):
    product_id, customer = shop.product("100.00", category="courses"), new_id()
    today = datetime.now(UTC).date()
    for details in (
        {"category": "courses", "percent": 10},
        {"product_id": product_id, "price": "85.00"},
        {"product_id": product_id, "price": "1.00", "valid_to": today - timedelta(days=1)},
    ):
        starts = today - timedelta(days=30)
        request = CreatePriceAgreement(**({"customer_id": customer, "valid_from": starts} | details))
        shop.call("create_price_agreement", request)
    ask = AskQuote(customer_id=customer, lines=[QuoteLineRequest(product_id=product_id, quantity=2)])
    quote = shop.call("make_quote", ask)
    line = quote.lines[0]
    assert (line.unit_price, line.total, quote.total) == (Decimal("85.00"), Decimal("170.00"), Decimal("170.00"))
    assert [(rule.kind, rule.price, rule.used) for rule in line.rules] == [
        ("price_agreement", Decimal("1.00"), False),
        ("price_agreement", Decimal("85.00"), True),
        ("price_agreement", Decimal("90.00"), False),
        ("list_price", Decimal("100.00"), False),
    ]
    assert line.rules[0].reason.startswith("no_longer_valid")
    assert shop.call("list_prices", ask).data[0].unit_price == Decimal("85.00")


@pytest.mark.parametrize(
    "contradiction",
    [
        {"product_id": new_id(), "category": "courses", "percent": 5},
        {"percent": 5},
        {"category": "courses"},
        {"category": "courses", "price": "5.00"},
        {"product_id": new_id(), "price": "5.00"},
        {"category": "courses", "percent": 5, "valid_to": "2020-01-01"},
    ],
)
def test_E2_a_price_agreement_that_contradicts_itself_is_refused(shop, contradiction):
    request = CreatePriceAgreement(customer_id=new_id(), valid_from="2026-01-01", **contradiction)
    with pytest.raises(Invalid):
        shop.call("create_price_agreement", request)


def test_E2_nobody_sees_somebody_elses_prices_or_buys_at_another_days(shop):
    lines, other = [QuoteLineRequest(product_id=shop.product())], new_id()
    with pytest.raises(NotAllowed):
        shop.call("make_quote", AskQuote(customer_id=other, lines=lines), principal=member(new_id()))
    with pytest.raises(NotAllowed):
        shop.call("list_prices", AskQuote(customer_id=other, lines=lines), principal=ANONYMOUS)
    with pytest.raises(Invalid):
        shop.call("make_quote", AskQuote(lines=lines, on="2026-01-01"), principal=ANONYMOUS)
    assert shop.call("make_quote", AskQuote(customer_id=other, lines=lines), principal=member(other)).total


def test_E2_an_unknown_product_or_an_absurd_sum_is_refused(shop):
    with pytest.raises(Invalid, match="no product"):
        shop.call("make_quote", AskQuote(lines=[QuoteLineRequest(product_id=new_id())]))
    with pytest.raises(Invalid, match="ask for less"):
        shop.quote("9999999.99", quantity=10_000)
    with pytest.raises(Invalid):
        shop.call("list_prices", AskQuote(lines=[QuoteLineRequest(product_id=shop.product())], on="1990-01-01"))


def test_K2_a_held_seat_becomes_an_order_at_the_confirmed_price(shop, recorded):
    seat = shop.held("48.00")
    order = shop.order(seat.order_id)
    assert (order.state, order.total, order.subject_id) == (OrderState.OPEN, Decimal("48.00"), seat.enrolment_id)
    assert recorded("commerce", OrderBilled) == []


def test_K4_every_chosen_item_stands_on_the_invoice_with_its_own_price(shop):
    names = [Translated(fi="Kongressi, 1.2.2027"), Translated(fi="Illallinen, Kongressi, 1.2.2027")]
    lines = [
        QuoteLineRequest(product_id=shop.product(price), about=name)
        for price, name in zip(("90.00", "45.00"), names, strict=True)
    ]
    seat = shop.seat(payment=PaymentMethod.INVOICE).model_copy(
        update={"quote_id": shop.call("make_quote", AskQuote(lines=lines)).id}
    )
    shop.handle(seat)
    invoice = shop.invoice(shop.order(seat.order_id).invoice_id)
    assert [line.gross for line in invoice.lines] == [Decimal("90.00"), Decimal("45.00")]
    assert all(name.fi in line.detail for name, line in zip(names, invoice.lines, strict=True))
    assert invoice.gross == Decimal("135.00")


def test_K2_an_order_paid_by_invoice_is_billed_at_once(shop, recorded):
    seat = shop.held("125.50", PaymentMethod.INVOICE)
    order = shop.order(seat.order_id)
    invoice = shop.invoice(order.invoice_id)
    assert order.state is OrderState.BILLED
    assert (invoice.net, invoice.vat, invoice.gross) == (Decimal("100.00"), Decimal("25.50"), Decimal("125.50"))
    assert invoice.due_on - invoice.issued_on == timedelta(days=14)
    assert invoice.barcode.startswith("4")
    assert invoice.rf_reference.endswith(invoice.reference)
    assert [event["data"]["about_id"] for event in recorded("commerce", OrderBilled)] == [str(seat.enrolment_id)]
    assert shop.balance() == {
        "1700": Decimal("125.50"),
        "2939": Decimal("-25.50"),
        "3200": Decimal("-100.00"),
    }


def test_K2_what_costs_nothing_is_billed_and_paid_at_once(shop, recorded):
    order = shop.order(shop.held("0.00").order_id)
    assert order.state is OrderState.PAID
    assert shop.invoice(order.invoice_id).open_amount == 0
    assert len(recorded("commerce", OrderBilled)) == len(recorded("commerce", InvoicePaid)) == 1


def test_M7_an_opened_agreement_is_billed_to_its_payer_once(shop, recorded):
    products = [
        shop.product("45.00", category="membership", vat_code="exempt"),
        shop.product("10.00", vat_code="exempt"),
    ]
    event = AgreementOpened(
        agreement_id=new_id(),
        membership_id=new_id(),
        person_id=new_id(),
        payer_id=new_id(),
        product_ids=products,
        period_starts_on="2026-11-24",
        period_ends_on="2026-12-31",
    )
    shop.handle(event)
    shop.handle(event)
    invoices = shop.call("list_invoices", ListInvoices(customer_id=event.payer_id)).data
    assert [(each.gross, each.subject_kind, each.subject_id) for each in invoices] == [
        (Decimal("55.00"), "membership", event.membership_id)
    ]
    assert shop.balance() == {"1700": Decimal("55.00"), "3100": Decimal("-45.00"), "3200": Decimal("-10.00")}
    assert len(recorded("commerce", InvoiceIssued)) == 1


def test_K2_a_cancelled_order_is_not_billed_in_whatever_order_the_events_come(shop, recorded):
    for first, second in ((0, 1), (1, 0)):
        seat = shop.seat("50.00", PaymentMethod.CARD)
        events = [seat, cancelled(seat)]
        shop.handle(events[first])
        shop.handle(events[second])
        assert shop.order(seat.order_id).state is OrderState.CANCELLED
    seat = shop.seat("50.00", PaymentMethod.INVOICE)
    shop.handle(cancelled(seat))
    shop.handle(seat)
    assert shop.order(seat.order_id).state is OrderState.CANCELLED
    assert recorded("commerce", OrderBilled) == []
    assert shop.balance() == {}


def test_K2_an_expired_hold_ends_only_what_is_unpaid(shop):
    unpaid, billed = shop.held("50.00"), shop.held("50.00", PaymentMethod.INVOICE)
    for seat in (unpaid, billed):
        shop.handle(expired(seat))
    assert shop.order(unpaid.order_id).state is OrderState.CANCELLED
    assert shop.order(billed.order_id).state is OrderState.BILLED


def test_K2_cancelling_a_billed_order_credits_it_once(shop, recorded):
    seat = shop.held("125.50", PaymentMethod.INVOICE)
    shop.cancel(seat)
    shop.cancel(seat)
    issued = [event["data"]["kind"] for event in recorded("commerce", InvoiceIssued)]
    assert issued == ["invoice", "credit_note"]
    assert shop.order(seat.order_id).state is OrderState.CANCELLED
    assert shop.balance() == {}
    assert shop.call("list_open_items", ListRequest()).data == []


def test_K2_cancelling_without_refund_leaves_the_bill_standing(shop):
    seat = shop.held("125.50", PaymentMethod.INVOICE)
    shop.cancel(seat, refund=False)
    order = shop.order(seat.order_id)
    assert (order.state, shop.invoice(order.invoice_id).open_amount) == (OrderState.BILLED, Decimal("125.50"))


def test_K2_a_seat_with_an_unknown_quote_is_tried_again_later(shop):
    seat = shop.seat().model_copy(update={"quote_id": new_id()})
    with pytest.raises(Conflict):
        shop.handle(seat)


def test_E5_people_see_their_own_orders_and_invoices_only(shop):
    mine, other = shop.held("50.00", PaymentMethod.INVOICE), shop.held("60.00", PaymentMethod.INVOICE)
    me = member(mine.person_id)
    assert [order.id for order in shop.call("list_orders", ListOrders(), principal=me).data] == [mine.order_id]
    foreign = shop.order(other.order_id)
    with pytest.raises(NotFound):
        shop.call("get_order", ById(id=other.order_id), principal=me)
    for method in ("get_invoice", "get_invoice_file"):
        with pytest.raises(NotFound):
            shop.call(method, ById(id=foreign.invoice_id), principal=me)
    asked = ListInvoices(customer_id=other.person_id)
    assert shop.call("list_invoices", asked, principal=me).data == []


def test_I5_the_sellers_details_change_by_version_and_old_invoices_keep_theirs(shop):
    before = shop.billed("10.00")
    seller = shop.call("get_seller", Nothing())
    details = seller.model_dump(exclude={"version"}) | {"iban": "FI14 1009 3000 1234 58", "payment_term_days": 7}
    changed = shop.call("update_seller", UpdateSellerDetails(version=seller.version, **details))
    assert (changed.version, changed.iban) == (seller.version + 1, "FI1410093000123458")
    with pytest.raises(Stale):
        shop.call("update_seller", UpdateSellerDetails(version=seller.version, **details))
    wrong = details | {"iban": "FI2112345600000786"}
    with pytest.raises(Invalid):
        shop.call("update_seller", UpdateSellerDetails(version=changed.version, **wrong))
    after = shop.billed("10.00")
    assert (before.iban, after.iban) == (seller.iban, changed.iban)
    assert after.due_on - after.issued_on == timedelta(days=7)
    with database_of("commerce").transaction() as session:
        assert session.get_one(models.Invoice, before.id).seller["iban"] == seller.iban


def test_E5_what_was_ordered_is_in_the_purchase_history_once_it_is_billed(shop):
    who = new_id()
    first = shop.billed("120.00", person_id=who)
    shop.held("60.00", person_id=who)
    bought = shop.call("list_purchases", ListPurchases(customer_id=who)).data
    assert [(each.source, each.gross, each.quantity, each.document) for each in bought] == [
        ("order", first.gross, 1, "")
    ]
    assert bought[0].name.fi.startswith("Kurssipäivä")
    more = [shop.billed("10.00", person_id=who) for _ in range(2)]
    page = shop.call("list_purchases", ListPurchases(customer_id=who, limit=2))
    rest = shop.call("list_purchases", ListPurchases(customer_id=who, limit=2, cursor=page.next_cursor))
    assert len({each.id for each in [*page.data, *rest.data]}) == 1 + len(more)
    assert not shop.call("list_purchases", ListPurchases(customer_id=who, source="accounting")).data
    with pytest.raises(Invalid):
        shop.call("list_purchases", ListPurchases(customer_id=who, cursor="abc"))
