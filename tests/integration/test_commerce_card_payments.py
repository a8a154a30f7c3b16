"""Card payments and refunds (E4; faults 34, 36-40) against the simulated provider, on the real database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from chassis.clock import local_date
from chassis.database import database_of
from chassis.ids import new_id
from chassis.settings import settings
from chassis.worker import Worker
from contracts.access import LinkPurpose, Principal, PrincipalKind
from contracts.base import ById
from contracts.commerce.invoices import CreditInvoice, InvoiceIssued, InvoicePaid, ListInvoices
from contracts.commerce.orders import OrderState
from contracts.commerce.payments import (
    ListPayments,
    ListRefunds,
    PaymentCaptured,
    PaymentState,
    ProviderCallback,
    RefundCompleted,
    StartPayment,
)
from contracts.courses import PaymentMethod
from contracts.errors import Conflict, Invalid, NotFound, ServiceError
from ops.simulators.clients import PaymentProvider
from ops.simulators.paytrail.app import create_app
from ops.simulators.server import RunningSimulator
from services.commerce import worker as tasks
from services.commerce.commands import refunds
from services.commerce.config import commerce_settings
from services.commerce.paytrail.signing import signature
from services.commerce.process import card_payments
from services.commerce.process.provider import provider as client_of_provider
from tests.integration.conftest import ANONYMOUS, member
from tests.integration.test_commerce_orders import Shop, expired

pytestmark = pytest.mark.integration
MERCHANT, SECRET = "375917", "SAIPPUAKAUPPIAS"
NOWHERE = "http://127.0.0.1:9"


class CardShop(Shop):
    """A shop whose customers pay by card."""

    provider: PaymentProvider
    worker: Worker

    def start(self, **named: Any) -> Any:
        principal = named.pop("principal", None)
        return self.call("start_payment", StartPayment(**named), **({"principal": principal} if principal else {}))

    def pay(self, payment: Any) -> dict[str, str]:
        """The payer pays on the provider's page; what the provider then tells us."""
        transaction_id = urlsplit(payment.pay_url).path.rstrip("/").rpartition("/")[2]
        return notice_in(self.provider.pay(transaction_id, deliver=0))

    def tell(self, parameters: dict[str, str]) -> Any:
        request = ProviderCallback(provider="paytrail", parameters=parameters)
        return self.call("receive_callback", request, principal=ANONYMOUS)

    def paid_seat(self, price: str = "50.00") -> Any:
        """A held seat whose order is paid by card."""
        seat = self.held(price)
        self.tell(self.pay(self.start(order_id=seat.order_id)))
        return seat

    def payments(self, **named: Any) -> Any:
        return self.call("list_payments", ListPayments(**named)).data

    def refunds(self) -> Any:
        return self.call("list_refunds", ListRefunds()).data

    def sweep(self, after: timedelta = timedelta(hours=1)) -> None:
        """The worker looks at hanging payments, as if some time had passed."""
        now = datetime.now(UTC) + after
        card_payments.check_due(self.worker.transaction, local_date(now), now)

    def send_refunds(self) -> None:
        while tasks.send_refunds(self.worker):
            pass

    def hurry_refunds(self) -> None:
        with database_of("commerce").transaction() as session:
            session.execute(text("UPDATE refunds SET next_at = now() - interval '1 second'"))


def notice_in(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def signed(parameters: dict[str, str], **changes: str) -> dict[str, str]:
    """The same notice with other values, signed with the right secret."""
    values = parameters | {f"checkout-{name.replace('_', '-')}": value for name, value in changes.items()}
    values.pop("signature")
    return values | {"signature": signature(SECRET, values)}


@pytest.fixture
def provider() -> Iterator[PaymentProvider]:
    with RunningSimulator(create_app(MERCHANT, SECRET, retry_after=())) as running:
        yield PaymentProvider(running.url)


@pytest.fixture
def shop(
    clean_database: Callable[..., None],
    call_service: Callable[..., Any],
    handle_event: Callable[..., None],
    provider: PaymentProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[CardShop]:
    for service in ("commerce", "membership", "contacts"):
        clean_database(service)
    monkeypatch.setenv("PAYTRAIL_BASE_URL", provider.url)
    monkeypatch.setenv("PAYTRAIL_MERCHANT_ID", MERCHANT)
    monkeypatch.setenv("PAYTRAIL_SECRET", SECRET)
    monkeypatch.setenv("TALKOO_BASE_URL", NOWHERE)
    for cached in (settings, commerce_settings, client_of_provider):
        cached.cache_clear()
    shop = CardShop(call_service, handle_event)
    shop.provider, shop.worker = provider, Worker("commerce")
    yield shop
    shop.worker.database.dispose()
    monkeypatch.undo()
    for cached in (settings, commerce_settings, client_of_provider):
        cached.cache_clear()


def side_by_side(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Results of `work(number)` run at the same time, errors of the service included."""

    def attempt(number: int) -> Any:
        try:
            return work(number)
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(attempt, range(count)))


def test_E4_a_paid_order_has_its_invoice_once_however_often_we_are_told(shop, recorded):
    seat = shop.held("125.50")
    payment = shop.start(order_id=seat.order_id)
    assert payment.state is PaymentState.PENDING
    notice = shop.pay(payment)

    answers = side_by_side(6, lambda _: shop.tell(notice))

    assert [answer.fresh for answer in answers].count(True) == 1
    assert {answer.state for answer in answers} == {PaymentState.CAPTURED}
    order = shop.order(seat.order_id)
    invoice = shop.invoice(order.invoice_id)
    assert (order.state, invoice.open_amount, invoice.gross) == (OrderState.PAID, 0, Decimal("125.50"))
    for event in (InvoiceIssued, InvoicePaid, PaymentCaptured):
        assert len(recorded("commerce", event)) == 1
    captured = recorded("commerce", PaymentCaptured)[0]["data"]
    assert (captured["about_kind"], captured["about_id"]) == ("enrolment", str(seat.enrolment_id))
    assert shop.balance() == {"1780": Decimal("125.50"), "2939": Decimal("-25.50"), "3200": Decimal("-100.00")}


def test_E4_a_double_click_opens_one_payment(shop):
    seat = shop.held()
    payments = side_by_side(8, lambda _: shop.start(order_id=seat.order_id))
    assert len({payment.id for payment in payments}) == 1
    assert {payment.pay_url for payment in payments} != {None}
    assert len({payment.pay_url for payment in payments}) == 1
    assert len(shop.provider.payments()) == 1


def test_E4_a_cancelled_payment_may_be_tried_again(shop):
    seat = shop.held()
    first = shop.start(order_id=seat.order_id)
    transaction_id = first.pay_url.rpartition("/")[2]
    answer = shop.tell(notice_in(shop.provider.cancel(transaction_id, deliver=0)))
    assert (answer.state, answer.return_path) == (PaymentState.FAILED, "/my")
    second = shop.start(order_id=seat.order_id, return_path="/my/enrolments")
    assert second.id != first.id
    assert shop.tell(shop.pay(second)).return_path == "/my/enrolments"
    assert shop.order(seat.order_id).state is OrderState.PAID


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "1"},
        {"reference": "another"},
        {"stamp": str(new_id())},
        {"stamp": "no-uuid"},
        {"transaction_id": "another"},
        {"account": "1"},
        {"status": "paid"},
    ],
)
def test_E4_a_notice_that_disagrees_has_no_effect(shop, change):
    seat = shop.held()
    notice = shop.pay(shop.start(order_id=seat.order_id))
    with pytest.raises(Invalid):
        shop.tell(signed(notice, **change))
    assert shop.order(seat.order_id).state is OrderState.OPEN
    assert shop.balance() == {}


@pytest.mark.parametrize("change", [{"checkout-amount": "1"}, {"signature": "00"}, {"checkout-algorithm": "md5"}])
def test_E4_a_forged_notice_has_no_effect(shop, change):
    seat = shop.held()
    notice = shop.pay(shop.start(order_id=seat.order_id))
    with pytest.raises(Invalid) as refused:
        shop.tell(notice | change)
    assert refused.value.error_code == "forged_notice"
    assert shop.order(seat.order_id).state is OrderState.OPEN


def test_E4_a_lost_answer_is_cleared_up_and_never_charges_twice(shop):
    seat = shop.held()
    shop.provider.order_fault(on="create", effect="error")
    first = shop.start(order_id=seat.order_id)
    assert (first.state, first.pay_url) == (PaymentState.UNKNOWN, None)
    shop.sweep()
    assert shop.payments()[0].state is PaymentState.FAILED  # the stamp is used: nobody has that payment's address
    second = shop.start(order_id=seat.order_id)
    assert second.state is PaymentState.PENDING
    shop.tell(shop.pay(second))
    assert [payment["charges"] for payment in shop.provider.payments()] == [1, 0]


def test_E4_the_sweeper_opens_what_never_reached_the_provider(shop, monkeypatch):
    monkeypatch.setenv("PAYTRAIL_BASE_URL", NOWHERE)
    for cached in (commerce_settings, client_of_provider):
        cached.cache_clear()
    seat = shop.held()
    assert shop.start(order_id=seat.order_id).state is PaymentState.UNKNOWN
    monkeypatch.setenv("PAYTRAIL_BASE_URL", shop.provider.url)
    for cached in (commerce_settings, client_of_provider):
        cached.cache_clear()
    shop.sweep()
    payment = shop.start(order_id=seat.order_id)
    assert (payment.state, len(shop.payments())) == (PaymentState.PENDING, 1)
    shop.tell(shop.pay(payment))
    assert shop.order(seat.order_id).state is OrderState.PAID


def test_E4_a_callback_that_never_came_is_found_by_asking(shop, recorded):
    seat = shop.held()
    notice = shop.pay(shop.start(order_id=seat.order_id))
    shop.sweep()
    assert shop.order(seat.order_id).state is OrderState.PAID
    assert not shop.tell(notice).fresh
    assert len(recorded("commerce", PaymentCaptured)) == 1


def test_E4_a_payment_nobody_finishes_is_given_up_but_late_money_counts(shop):
    seat = shop.held()
    payment = shop.start(order_id=seat.order_id)
    shop.sweep(after=timedelta(hours=30))
    assert shop.payments()[0].state is PaymentState.FAILED
    assert shop.tell(shop.pay(payment)).state is PaymentState.CAPTURED
    assert shop.order(seat.order_id).state is OrderState.PAID


def test_E4_money_for_an_order_that_ended_meanwhile_goes_back(shop, recorded):
    seat = shop.held("50.00")
    notice = shop.pay(shop.start(order_id=seat.order_id))
    shop.handle(expired(seat))
    shop.tell(notice)
    assert shop.balance() == {"1780": Decimal("50.00"), "2870": Decimal("-50.00")}
    shop.send_refunds()
    shop.send_refunds()
    assert shop.balance() == {}
    assert [payment["refunded"] for payment in shop.provider.payments()] == [5000]
    assert recorded("commerce", PaymentCaptured) == recorded("commerce", InvoiceIssued) == []
    assert len(recorded("commerce", RefundCompleted)) == 1
    assert shop.payments()[0].state is PaymentState.REFUNDED
    assert shop.order(seat.order_id).state is OrderState.REFUNDED


def test_E4_two_attempts_both_paid_keep_one(shop):
    seat = shop.held("50.00")
    first = shop.start(order_id=seat.order_id)
    shop.sweep(after=timedelta(hours=30))
    second = shop.start(order_id=seat.order_id)
    for payment in (first, second):
        shop.tell(shop.pay(payment))
    shop.send_refunds()
    assert sorted(payment["refunded"] for payment in shop.provider.payments()) == [0, 5000]
    assert shop.order(seat.order_id).state is OrderState.PAID
    assert shop.balance()["1780"] == Decimal("50.00")


def test_E4_a_paid_enrolment_cancelled_is_credited_and_refunded_once(shop, recorded):
    seat = shop.paid_seat("125.50")
    side_by_side(5, lambda _: shop.cancel(seat))
    side_by_side(3, lambda _: shop.send_refunds())
    shop.send_refunds()
    kinds = [event["data"]["kind"] for event in recorded("commerce", InvoiceIssued)]
    assert kinds == ["invoice", "credit_note"]
    assert [payment["refunded"] for payment in shop.provider.payments()] == [12550]
    assert len(recorded("commerce", RefundCompleted)) == 1
    assert shop.order(seat.order_id).state is OrderState.REFUNDED
    assert shop.balance() == {}
    note = shop.call("list_invoices", ListInvoices(customer_id=seat.person_id)).data[0]
    assert (note.kind.value, note.gross, note.open_amount) == ("credit_note", Decimal("-125.50"), 0)


def test_E4_a_refund_whose_answer_was_lost_is_ended_by_its_callback(shop, recorded):
    seat = shop.paid_seat("50.00")
    shop.cancel(seat)
    shop.provider.order_fault(on="refund", effect="drop")
    shop.send_refunds()
    refund = shop.refunds()[0]
    assert refund.state == "sent"
    known = shop.provider.payments()[0]["refunds"][0]
    template = shop.pay(shop.start(order_id=shop.held("50.00").order_id))
    notice = signed(
        template, stamp=str(refund.id), reference=str(refund.id), transaction_id=known["transaction_id"], amount="5000"
    )
    assert [shop.tell(notice).fresh for _ in range(3)] == [True, False, False]
    shop.hurry_refunds()
    shop.send_refunds()
    assert [each.state for each in shop.refunds()] == ["completed"]
    assert shop.provider.payments()[1]["refunded"] == 5000
    assert len(recorded("commerce", RefundCompleted)) == 1


def test_E4_a_refund_cut_off_before_it_was_sent_is_sent_again(shop):
    seat = shop.paid_seat("50.00")
    shop.cancel(seat)
    with database_of("commerce").transaction() as session:  # as left behind by a worker killed after its first commit
        session.execute(text("UPDATE refunds SET state = 'sent', attempts = 1, next_at = now()"))
    shop.send_refunds()
    assert [refund.state for refund in shop.refunds()] == ["completed"]
    assert shop.balance() == {}


def test_E4_a_refund_while_the_provider_is_away_waits(shop, monkeypatch):
    seat = shop.paid_seat("50.00")
    shop.cancel(seat)
    monkeypatch.setenv("PAYTRAIL_BASE_URL", NOWHERE)
    for cached in (commerce_settings, client_of_provider):
        cached.cache_clear()
    shop.send_refunds()
    assert shop.refunds()[0].state == "requested"
    monkeypatch.setenv("PAYTRAIL_BASE_URL", shop.provider.url)
    for cached in (commerce_settings, client_of_provider):
        cached.cache_clear()
    shop.hurry_refunds()
    shop.send_refunds()
    assert shop.refunds()[0].state == "completed"


def test_E4_a_refused_refund_is_shown_as_failed_and_may_be_asked_again(shop):
    seat = shop.paid_seat("50.00")
    payment = shop.payments()[0]
    shop.provider._send("DELETE", "/control/payments")  # the provider knows nothing of it any more
    shop.cancel(seat)
    shop.send_refunds()
    assert shop.refunds()[0].state == "failed"
    assert shop.call("get_payment", ById(id=payment.id)).refunded == 0


def test_E4_a_refund_that_failed_and_then_came_true_counts(shop):
    seat = shop.paid_seat("50.00")
    shop.cancel(seat)
    refund = shop.refunds()[0]
    template = shop.pay(shop.start(order_id=shop.held("50.00").order_id))
    notice = signed(template, stamp=str(refund.id), reference=str(refund.id), transaction_id="r1", amount="5000")
    shop.tell(signed(notice, status="fail"))
    assert shop.call("get_payment", ById(id=refund.payment_id)).refunded == 0
    assert shop.tell(notice).fresh
    payment = shop.call("get_payment", ById(id=refund.payment_id))
    assert (payment.state, payment.refunded) == (PaymentState.REFUNDED, Decimal("50.00"))
    assert not shop.tell(signed(notice, status="fail")).fresh
    assert shop.refunds()[0].state == "completed"
    assert shop.balance() == {}


def test_E4_R2_twenty_parallel_refunds_never_give_back_more_than_came_in(shop):
    shop.paid_seat("50.00")
    payment_id = shop.payments()[0].id

    def refund(_: int) -> bool:
        with database_of("commerce").transaction() as session:
            return bool(refunds.request(session, payment_id, Decimal("15.00"), datetime.now(UTC)))

    outcomes = side_by_side(20, refund)
    assert outcomes.count(True) == 3
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 17
    assert shop.payments()[0].refunded == Decimal("45.00")


def test_E4_R2_without_the_guard_parallel_refunds_do_give_back_too_much(shop):
    """Negative control: checking first and writing afterwards loses the race that the conditional UPDATE wins."""
    shop.paid_seat("50.00")
    with ThreadPoolExecutor(10) as pool:

        def check_then_write(_: int) -> bool:
            with database_of("commerce").transaction() as session:
                left = session.execute(text("SELECT amount - refunded FROM payments")).scalar_one()
                session.execute(text("SELECT pg_sleep(0.2)"))
                return bool(left >= 15)

        granted = list(pool.map(check_then_write, range(10)))
    assert granted.count(True) * 15 > 50


def test_E4_an_invoice_is_paid_by_card_through_its_link(shop, recorded):
    invoice = shop.billed("60.00")
    link = Principal(
        kind=PrincipalKind.LINK,
        id=str(new_id()),
        person_id=invoice.customer_id,
        link_purpose=LinkPurpose.PAY_INVOICE,
        link_object=invoice.id,
    )
    payment = shop.start(invoice_id=invoice.id, principal=link)
    shop.tell(shop.pay(payment))
    assert shop.invoice(invoice.id).open_amount == 0
    assert shop.order(invoice.order_id).state is OrderState.PAID
    assert len(recorded("commerce", InvoicePaid)) == 1
    other = shop.billed("60.00")
    with pytest.raises(NotFound):
        shop.start(invoice_id=other.id, principal=link)
    with pytest.raises(Conflict):
        shop.start(invoice_id=invoice.id, principal=link)


def test_E4_nobody_starts_a_payment_of_somebody_elses_order(shop):
    seat = shop.held()
    with pytest.raises(NotFound):
        shop.start(order_id=seat.order_id, principal=member(new_id()))
    payment = shop.start(order_id=seat.order_id, principal=member(seat.person_id))
    with pytest.raises(NotFound):
        shop.call("get_payment", ById(id=payment.id), principal=member(new_id()))
    with pytest.raises(Invalid):
        shop.start()


def test_E4_there_is_nothing_to_pay_of_what_ended_or_costs_nothing(shop):
    ended, free = shop.held("10.00"), shop.held("0.00")
    shop.cancel(ended)
    for seat in (ended, free):
        with pytest.raises(Conflict):
            shop.start(order_id=seat.order_id)


def test_E6_crediting_a_card_paid_invoice_gives_the_money_back(shop):
    seat = shop.paid_seat("50.00")
    invoice_id = shop.order(seat.order_id).invoice_id
    request = CreditInvoice(id=invoice_id, reason="Kurssi peruttiin")
    outcomes = side_by_side(4, lambda _: shop.call("credit_invoice", request))
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    shop.send_refunds()
    assert shop.balance() == {}
    assert shop.order(seat.order_id).state is OrderState.REFUNDED


def test_E4_capture_and_cancellation_at_the_same_moment_always_end_refunded(shop):
    for _ in range(6):
        seat = shop.held("50.00", PaymentMethod.CARD)
        notice = shop.pay(shop.start(order_id=seat.order_id))
        work = [lambda notice=notice: shop.tell(notice), lambda seat=seat: shop.cancel(seat)]
        side_by_side(2, lambda number, work=work: work[number]())
        shop.send_refunds()
        assert shop.order(seat.order_id).state is OrderState.REFUNDED
    assert shop.balance() == {}
