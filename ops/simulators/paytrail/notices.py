"""What the shop is told: signed parameters on the redirect, and callbacks from the background."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ops.simulators.callbacks import Callback, Deliverer
from ops.simulators.faults import Faults
from ops.simulators.paytrail.payments import PROVIDER, Payment, Refund
from ops.simulators.paytrail.protocol import signature

OUTCOME_URL = {"ok": "success", "fail": "cancel"}


class Notices:
    """Signs and sends. `deliver` is how often each callback is made even when the shop has answered."""

    def __init__(self, merchant: str, secret: str, deliverer: Deliverer, faults: Faults) -> None:
        self._merchant = merchant
        self._secret = secret
        self._deliverer = deliverer
        self._faults = faults
        self.deliver = 1

    def redirect(self, payment: Payment) -> str:
        """The address in the shop the buyer's browser goes back to, signed."""
        url = str(payment.request["redirectUrls"][OUTCOME_URL[payment.status]])
        secret = "forged" if self._faults.take("redirect", frozenset({"forge"})) else self._secret
        return self._signed(url, self._of_payment(payment), secret)

    def call_back(self, payment: Payment, times: int | None = None) -> None:
        """Tell the shop how the payment ended, as often as wanted."""
        urls = payment.request.get("callbackUrls")
        if urls:
            url, delay = urls[OUTCOME_URL[payment.status]], float(payment.request.get("callbackDelay") or 0)
            self._send(payment.transaction_id, url, self._of_payment(payment), times, delay)

    def call_back_refund(self, payment: Payment, refund: Refund, url: str) -> None:
        """Tell the shop that a refund is done."""
        values = self._values(payment, refund.amount, refund.stamp, refund.reference, refund.transaction_id, "ok")
        self._send(payment.transaction_id, url, values, None, 0.0)

    def _send(self, subject: str, url: str, values: dict[str, str], times: int | None, delay: float) -> None:
        if self._faults.take("callback", frozenset({"lose"})):
            return
        slow = self._faults.take("callback", frozenset({"delay"}))
        forged = self._faults.take("callback", frozenset({"forge"}))
        signed = self._signed(url, values, "forged" if forged else self._secret)
        first = self._faults.take("callback", frozenset({"first"}))
        for _ in range(self.deliver if times is None else times):
            callback = Callback(subject, "GET", signed)
            if first:
                self._deliverer.now(callback)
            else:
                self._deliverer.later(callback, delay + (slow.seconds if slow else 0.0))

    def _of_payment(self, payment: Payment) -> dict[str, str]:
        request = payment.request
        return self._values(
            payment, payment.amount, request["stamp"], request["reference"], payment.transaction_id, payment.status
        )

    def _values(
        self, payment: Payment, amount: int, stamp: str, reference: str, transaction_id: str, status: str
    ) -> dict[str, str]:
        return {
            "checkout-account": self._merchant,
            "checkout-algorithm": payment.algorithm,
            "checkout-amount": str(amount),
            "checkout-stamp": stamp,
            "checkout-reference": reference,
            "checkout-transaction-id": transaction_id,
            "checkout-status": status,
            "checkout-provider": PROVIDER,
        }

    @staticmethod
    def _signed(url: str, values: dict[str, str], secret: str) -> str:
        parts = urlsplit(url)
        own = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode([*own, *values.items(), ("signature", signature(secret, values))])
        return urlunsplit(parts._replace(query=query))
