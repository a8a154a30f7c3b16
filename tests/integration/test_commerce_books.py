"""The books balance after any sequence of operations (E7, R1): a random shop, checked against a plain model of it."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis import files
from chassis.database import database_of
from chassis.ids import new_id
from contracts.base import ListRequest
from contracts.commerce.bank_files import ImportBankFile
from contracts.commerce.invoices import CreditInvoice, InvoiceIssued, InvoicePaid
from contracts.courses import PaymentMethod
from contracts.errors import Conflict
from tests.integration import test_commerce_card_payments as cards
from tests.integration.test_commerce_bank_files import Line, camt
from tests.integration.test_commerce_orders import cancelled, expired

pytestmark = pytest.mark.integration
provider, shop = cards.provider, cards.shop

PRICES = st.sampled_from(["0.00", "0.01", "9.99", "45.00", "125.50", "333.33"])
VAT = st.sampled_from(["standard", "reduced", "exempt", "zero"])
KINDS = [
    *("seat", "billed", "start", "start", "pay", "pay", "tell", "tell", "cancel", "keep", "expire"),
    *("bank", "part", "over", "credit", "refunds", "sweep", "again", "again"),
]
STEPS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5), PRICES, VAT), min_size=12, max_size=30)


class RandomShop:
    """Does one step after the other with whatever there is; a step that cannot be done is refused or does nothing."""

    def __init__(self, shop: cards.CardShop) -> None:
        self.shop = shop
        self.seats: list[Any] = []
        self.payments: list[Any] = []
        self.notices: list[dict[str, str]] = []
        self.files: list[bytes] = []
        self.done: Counter[str] = Counter()

    def do(self, step: str, which: int, price: str, vat: str) -> None:
        try:
            getattr(self, f"do_{step}")(which, price, vat)
            self.done[step] += 1
        except (Conflict, IndexError):
            return

    def do_seat(self, _which: int, price: str, vat: str) -> None:
        self._hold(price, vat, PaymentMethod.CARD)

    def do_billed(self, _which: int, price: str, vat: str) -> None:
        self._hold(price, vat, PaymentMethod.INVOICE)

    def _hold(self, price: str, vat: str, method: PaymentMethod) -> None:
        seat = self.shop.seat("1.00", method)
        quote_id = self.shop.quote(price, quantity=3, vat_code=vat).id
        seat = seat.model_copy(update={"quote_id": quote_id})
        self.shop.handle(seat)
        self.seats.append(seat)

    def do_start(self, which: int, *_: str) -> None:
        self.payments.append(self.shop.start(order_id=pick(self.seats, which).order_id))

    def do_pay(self, which: int, *_: str) -> None:
        self.notices.append(self.shop.pay(pick(self.payments, which)))

    def do_tell(self, which: int, *_: str) -> None:
        self.shop.tell(pick(self.notices, which))

    def do_cancel(self, which: int, *_: str) -> None:
        self.shop.cancel(pick(self.seats, which))

    def do_keep(self, which: int, *_: str) -> None:
        self.shop.cancel(pick(self.seats, which), refund=False)

    def do_expire(self, which: int, *_: str) -> None:
        self.shop.handle(expired(pick(self.seats, which)))

    def do_bank(self, which: int, *_: str) -> None:
        self._transfer(which, Decimal(1))

    def do_part(self, which: int, *_: str) -> None:
        self._transfer(which, Decimal("0.4"))

    def do_over(self, which: int, *_: str) -> None:
        self._transfer(which, Decimal("1.7"))

    def _transfer(self, which: int, share: Decimal) -> None:
        item = pick(self.shop.call("list_open_items", ListRequest()).data, which)
        amount = max((item.open_amount * share).quantize(Decimal("0.01")), Decimal("0.01"))
        reference = self.shop.invoice(item.invoice_id).reference
        self.files.append(camt([Line(str(amount), reference, new_id().hex)]))
        self._upload(self.files[-1])

    def do_again(self, which: int, *_: str) -> None:
        self._upload(pick(self.files, which))

    def _upload(self, content: bytes) -> None:
        key = files.new_key("gateway", ".xml")
        files.store(key, content)
        self.shop.call("import_bank_file", ImportBankFile(file_key=key, file_name="bank.xml"))

    def do_credit(self, which: int, *_: str) -> None:
        order = self.shop.order(pick(self.seats, which).order_id)
        if order.invoice_id:
            self.shop.call("credit_invoice", CreditInvoice(id=order.invoice_id, reason="Arvottu"))

    def do_refunds(self, *_: Any) -> None:
        self.shop.send_refunds()

    def do_sweep(self, *_: Any) -> None:
        self.shop.sweep()


def pick(things: Sequence[Any], which: int) -> Any:
    """One of what there is; IndexError when there is nothing."""
    return things[which % len(things)] if things else things[0]


SUMS = text("""
SELECT (SELECT coalesce(sum(open_amount), 0) FROM invoices) AS open,
       (SELECT coalesce(sum(amount), 0) FROM payments WHERE provider = 'bank') AS bank,
       (SELECT coalesce(sum(amount), 0) FROM payments WHERE provider <> 'bank' AND captured_at IS NOT NULL) AS cards,
       (SELECT coalesce(sum(amount), 0) FROM refunds WHERE state = 'completed') AS given_back,
       (SELECT coalesce(sum(gross), 0) FROM invoices) AS invoiced,
       (SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0) w)
           AS unbalanced,
       (SELECT count(*) FROM payments WHERE refunded > amount) AS too_much,
       (SELECT coalesce(max(serial) - min(serial) + 1 - count(*), 0) FROM invoices) AS gaps
""")


def check(shop: cards.CardShop) -> None:
    """What must hold of the books at any time."""
    balance: Counter[str] = Counter()
    balance.update(shop.balance())
    with database_of("commerce").reader() as reader:
        sums = reader.execute(SUMS).one()
    assert (sums.unbalanced, sums.too_much, sums.gaps) == (0, 0, 0)
    assert balance["1700"] == sums.open
    assert balance["1910"] == sums.bank
    assert balance["1780"] == sums.cards - sums.given_back
    assert -balance["2870"] == sums.bank + sums.cards - sums.given_back - (sums.invoiced - sums.open)
    assert -balance["2870"] >= 0
    assert balance["2939"] + balance["3200"] == -sums.invoiced


def test_E7_the_books_balance_after_any_sequence_of_operations(shop, recorded, clean_database):
    done: Counter[str] = Counter()

    @given(STEPS)
    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(steps: list[tuple[str, int, str, str]]) -> None:
        clean_database("commerce")
        random_shop = RandomShop(shop)
        for first in ("seat", "billed", "seat", "billed"):
            random_shop.do(first, 0, "125.50", "standard")
        for step in steps:
            random_shop.do(*step)
            check(shop)
        shop.send_refunds()
        check(shop)
        done.update(random_shop.done)
        paid = Counter(event["data"]["invoice_id"] for event in recorded("commerce", InvoicePaid))
        assert set(paid.values()) <= {1}

    run()
    print(dict(done))
    assert set(done) == set(KINDS)  # each kind of step was really done


def test_E7_R4_repeated_and_late_events_end_in_the_same_state(shop, recorded):
    """Everything is told three times, in both orders where two events race."""
    for late in (False, True):
        seat = shop.seat("50.00", PaymentMethod.INVOICE)
        events = [seat, cancelled(seat)]
        for event in reversed(events) if late else events:
            for _ in range(3):
                shop.handle(event)
        assert shop.balance() == {}
    assert (
        len(recorded("commerce", InvoiceIssued)) == 2
    )  # invoice and credit note of the first seat; the second was never billed
