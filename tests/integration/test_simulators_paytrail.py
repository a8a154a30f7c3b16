"""The client and the simulated payment provider over real HTTP (E4; faults 37-40 of the fault list)."""

import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from ops.simulators.clients import PaymentProvider
from ops.simulators.paytrail.app import create_app
from ops.simulators.server import RunningSimulator
from services.commerce.paytrail import (
    ForgedNotice,
    NewPayment,
    PaymentProviderRefused,
    PaymentProviderUnavailable,
    Paytrail,
)

pytestmark = pytest.mark.integration
MERCHANT, SECRET = "375917", "SAIPPUAKAUPPIAS"


class Shop:
    """A shop's callback address: keeps the queries it was called with; answers the next of `answers`, else 200."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[tuple[str, str]]]] = []
        self.answers: list[int] = []
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                shop.calls.append((parts.path, parse_qsl(parts.query)))
                self.send_response(shop.answers.pop(0) if shop.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_line: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


def eventually(condition: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


@pytest.fixture
def provider() -> Iterator[PaymentProvider]:
    with RunningSimulator(create_app(MERCHANT, SECRET, retry_after=(0.05, 0.05, 0.05))) as running:
        yield PaymentProvider(running.url)


@pytest.fixture(params=["sha256", "sha512"])
def paytrail(request: pytest.FixtureRequest, provider: PaymentProvider) -> Paytrail:
    return Paytrail(provider.url, MERCHANT, SecretStr(SECRET), algorithm=request.param)


@pytest.fixture
def client(provider: PaymentProvider) -> Paytrail:
    return Paytrail(provider.url, MERCHANT, SecretStr(SECRET))


@pytest.fixture
def hasty(provider: PaymentProvider) -> Iterator[Paytrail]:
    """Waits a second and a half for an answer."""
    with httpx.Client(timeout=1.5) as http:
        yield Paytrail(provider.url, MERCHANT, SecretStr(SECRET), http=http)


def payment(shop: Shop, **changes: Any) -> NewPayment:
    values: dict[str, Any] = {
        "stamp": str(uuid4()),
        "reference": "20261234",
        "amount": Decimal("15.90"),
        "email": "erja@example.org",
        "success_url": f"{shop.url}/back/ok?order=7",
        "cancel_url": f"{shop.url}/back/no",
        "callback_success_url": f"{shop.url}/paid",
        "callback_cancel_url": f"{shop.url}/cancelled",
    }
    return NewPayment(**values | changes)


def test_E4_a_payment_is_opened_paid_in_the_browser_and_looked_up(paytrail: Paytrail, shop: Shop) -> None:
    wanted = payment(shop)
    opened = paytrail.create_payment(wanted)
    assert paytrail.get_payment(opened.transaction_id).status == "new"

    page = httpx.get(opened.href)
    assert page.status_code == 200
    assert "15,90\xa0€" in page.text
    assert 'lang="fi"' in page.text
    back = httpx.post(opened.href, data={"outcome": "ok"})

    assert back.status_code == 303
    address = urlsplit(back.headers["location"])
    query = parse_qsl(address.query)
    assert address.path == "/back/ok"
    assert query.pop(0) == ("order", "7")
    notice = paytrail.read_notice(query)
    assert (notice.stamp, notice.amount, notice.status) == (wanted.stamp, Decimal("15.90"), "ok")
    eventually(lambda: len(shop.calls) == 1)
    assert shop.calls[0][0] == "/paid"
    assert paytrail.read_notice(shop.calls[0][1]) == notice
    known = paytrail.get_payment(opened.transaction_id)
    assert (known.status, known.euros, known.stamp) == ("ok", Decimal("15.90"), wanted.stamp)
    assert known.paid_at is not None


def test_E4_cancelling_calls_the_cancel_addresses(client: Paytrail, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    back = httpx.post(opened.href, data={"outcome": "fail"})

    assert "/back/no?" in back.headers["location"]
    eventually(lambda: len(shop.calls) == 1)
    assert shop.calls[0][0] == "/cancelled"
    assert client.read_notice(shop.calls[0][1]).status == "fail"


def test_E4_pressing_pay_ten_times_charges_once(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    presses = [
        threading.Thread(target=httpx.post, args=(opened.href,), kwargs={"data": {"outcome": "ok"}}) for _ in range(10)
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()

    known = provider.payment(opened.transaction_id)
    assert (known["charges"], known["status"]) == (1, "ok")


def test_E4_a_used_stamp_is_refused(client: Paytrail, shop: Shop) -> None:
    wanted = payment(shop)
    client.create_payment(wanted)
    with pytest.raises(PaymentProviderRefused, match="already exists") as refused:
        client.create_payment(wanted)
    assert refused.value.status == 400


def test_E4_a_wrong_secret_is_refused(provider: PaymentProvider, shop: Shop) -> None:
    stranger = Paytrail(provider.url, MERCHANT, SecretStr("WRONG"))
    with pytest.raises(PaymentProviderRefused) as refused:
        stranger.create_payment(payment(shop))
    assert refused.value.status == 401
    assert provider.payments() == []


def test_E4_an_unknown_payment_is_refused_as_404(client: Paytrail) -> None:
    with pytest.raises(PaymentProviderRefused) as refused:
        client.get_payment(str(uuid4()))
    assert refused.value.status == 404


@pytest.mark.parametrize(("effect", "seconds"), [("error", 0), ("drop", 0), ("delay", 4), ("forge", 0)])
def test_E4_a_lost_answer_to_an_opening_leaves_the_outcome_unknown(
    hasty: Paytrail, client: Paytrail, provider: PaymentProvider, shop: Shop, effect: str, seconds: float
) -> None:
    provider.order_fault(on="create", effect=effect, seconds=seconds)
    wanted = payment(shop)
    with pytest.raises(PaymentProviderUnavailable) as lost:
        hasty.create_payment(wanted)

    assert lost.value.sent
    eventually(lambda: bool(provider.payments()))
    assert [(known["stamp"], known["charges"]) for known in provider.payments()] == [(wanted.stamp, 0)]
    client.create_payment(payment(shop))


def test_E4_an_unreachable_provider_has_done_nothing(shop: Shop) -> None:
    with pytest.raises(PaymentProviderUnavailable) as lost:
        Paytrail("http://127.0.0.1:9", MERCHANT, SecretStr(SECRET)).create_payment(payment(shop))
    assert not lost.value.sent


def test_E4_the_browser_loses_the_connection_after_the_charge_and_the_callback_tells(
    client: Paytrail, provider: PaymentProvider, shop: Shop
) -> None:
    opened = client.create_payment(payment(shop))
    provider.order_fault(on="pay", effect="drop")
    with pytest.raises(httpx.TransportError):
        httpx.post(opened.href, data={"outcome": "ok"})

    eventually(lambda: len(shop.calls) == 1)
    assert client.read_notice(shop.calls[0][1]).status == "ok"
    assert provider.payment(opened.transaction_id)["charges"] == 1


def test_E4_a_callback_comes_three_times_when_asked(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    redirect = provider.pay(opened.transaction_id, deliver=3)

    eventually(lambda: len(shop.calls) == 3)
    notices = [client.read_notice(query) for _, query in shop.calls]
    assert notices[0] == notices[1] == notices[2] == client.read_notice(parse_qsl(urlsplit(redirect).query)[1:])


def test_E4_a_callback_is_repeated_until_the_shop_says_2xx(
    client: Paytrail, provider: PaymentProvider, shop: Shop
) -> None:
    shop.answers = [503, 500]
    opened = client.create_payment(payment(shop))
    provider.pay(opened.transaction_id)

    eventually(lambda: len(shop.calls) == 3)
    eventually(lambda: len(provider.payment(opened.transaction_id)["callbacks"]) == 3)
    answers = [callback["answer"] for callback in provider.payment(opened.transaction_id)["callbacks"]]
    assert answers == [200, 500, 503]


def test_E4_the_callback_may_come_before_the_browser(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    provider.order_fault(on="callback", effect="first")
    httpx.post(opened.href, data={"outcome": "ok"})
    assert len(shop.calls) == 1


def test_E4_a_forged_callback_is_recognised(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    provider.order_fault(on="callback", effect="forge")
    provider.pay(opened.transaction_id)

    eventually(lambda: len(shop.calls) == 1)
    with pytest.raises(ForgedNotice):
        client.read_notice(shop.calls[0][1])


def test_E4_a_lost_callback_is_found_by_asking(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    provider.order_fault(on="callback", effect="lose")
    provider.pay(opened.transaction_id)

    assert client.get_payment(opened.transaction_id).status == "ok"
    assert shop.calls == []


def refund(paytrail: Paytrail, shop: Shop, transaction_id: str, amount: str) -> str:
    return paytrail.refund(
        transaction_id,
        Decimal(amount),
        stamp="refund-1",
        reference="credit-1",
        success_url=f"{shop.url}/refunded",
        cancel_url=f"{shop.url}/not-refunded",
    ).status


def test_E4_refunds_never_exceed_the_payment(paytrail: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = paytrail.create_payment(payment(shop))
    with pytest.raises(PaymentProviderRefused, match="paid"):
        refund(paytrail, shop, opened.transaction_id, "1.00")
    provider.pay(opened.transaction_id, deliver=0)

    assert refund(paytrail, shop, opened.transaction_id, "10.00") == "ok"
    with pytest.raises(PaymentProviderRefused, match="590 cents"):
        refund(paytrail, shop, opened.transaction_id, "10.00")

    assert provider.payment(opened.transaction_id)["refunded"] == 1000
    eventually(lambda: len(shop.calls) == 1)
    notice = paytrail.read_notice(shop.calls[0][1])
    assert (shop.calls[0][0], notice.stamp, notice.amount) == ("/refunded", "refund-1", Decimal("10.00"))


def test_E4_a_refund_whose_answer_is_lost_is_told_by_its_callback(
    client: Paytrail, provider: PaymentProvider, shop: Shop
) -> None:
    opened = client.create_payment(payment(shop))
    provider.pay(opened.transaction_id, deliver=0)
    provider.order_fault(on="refund", effect="drop")
    with pytest.raises(PaymentProviderUnavailable) as lost:
        refund(client, shop, opened.transaction_id, "15.90")

    assert lost.value.sent
    eventually(lambda: len(shop.calls) == 1)
    assert client.read_notice(shop.calls[0][1]).stamp == "refund-1"


@pytest.mark.parametrize(
    "change", [{"amount": 0}, {"currency": "SEK"}, {"language": "DE"}, {"customer": None}, {"stamp": ""}]
)
def test_E4_the_simulator_refuses_bodies_the_provider_would_refuse(
    provider: PaymentProvider, shop: Shop, change: dict[str, Any]
) -> None:
    class Careless(NewPayment):
        def as_body(self) -> dict[str, Any]:
            return super().as_body() | change

    careless = Careless(**payment(shop).model_dump())
    with pytest.raises(PaymentProviderRefused) as refused:
        Paytrail(provider.url, MERCHANT, SecretStr(SECRET)).create_payment(careless)
    assert refused.value.status == 400


def test_the_overview_lists_payments_and_callbacks(client: Paytrail, provider: PaymentProvider, shop: Shop) -> None:
    opened = client.create_payment(payment(shop))
    provider.pay(opened.transaction_id)
    eventually(lambda: bool(provider.payment(opened.transaction_id)["callbacks"]))

    page = httpx.get(provider.url + "/").text
    assert "erja@example.org" in page
    assert "/paid" in page
    assert "checkout-stamp" not in page


def test_an_unknown_fault_is_refused(provider: PaymentProvider) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        provider.order_fault(on="create", effect="explode")
