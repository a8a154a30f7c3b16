"""The calls to Paytrail and the checks of its answers."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from services.commerce.paytrail.cents import to_positive_cents
from services.commerce.paytrail.errors import ForgedNotice, PaymentProviderRefused, PaymentProviderUnavailable
from services.commerce.paytrail.messages import (
    NewPayment,
    OpenedPayment,
    PaymentNotice,
    ProviderPayment,
    ProviderRefund,
)
from services.commerce.paytrail.signing import ALGORITHMS, is_signed, signature

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
PLATFORM = "talkoo"
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

Answer = TypeVar("Answer", bound=BaseModel)


class Paytrail:
    """The API of one merchant. Thread safe; keeps connections. `http` replaces the client for other time-outs."""

    def __init__(
        self,
        base_url: str,
        merchant: str,
        secret: SecretStr,
        *,
        algorithm: str = "sha256",
        http: httpx.Client | None = None,
    ) -> None:
        if algorithm not in ALGORITHMS:
            raise ValueError(f"algorithm must be one of {ALGORITHMS}, not {algorithm!r}")
        self._base_url = base_url.rstrip("/")
        self._merchant = merchant
        self._secret = secret
        self._algorithm = algorithm
        self._http = http or httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def create_payment(self, payment: NewPayment) -> OpenedPayment:
        """Open a payment. Raises PaymentProviderUnavailable or PaymentProviderRefused (also for a used stamp)."""
        answer = self._call("POST", "/payments", body=payment.as_body())
        return _read(OpenedPayment, answer)

    def get_payment(self, transaction_id: str) -> ProviderPayment:
        """What Paytrail knows of the payment. Raises PaymentProviderUnavailable or PaymentProviderRefused (404)."""
        return _read(ProviderPayment, self._call("GET", "/payments/{id}", transaction_id=transaction_id))

    def refund(
        self, transaction_id: str, amount: Decimal, *, stamp: str, reference: str, success_url: str, cancel_url: str
    ) -> ProviderRefund:
        """Refund `amount` euros; the URLs are called when it is settled. Raises as `create_payment`."""
        body = {
            "amount": to_positive_cents(amount),
            "refundStamp": stamp,
            "refundReference": reference,
            "callbackUrls": {"success": success_url, "cancel": cancel_url},
        }
        answer = self._call("POST", "/payments/{id}/refund", transaction_id=transaction_id, body=body)
        return _read(ProviderRefund, answer)

    def read_notice(self, parameters: Iterable[tuple[str, str]]) -> PaymentNotice:
        """Check the query parameters of a redirect or callback (all of them, in any order). Raises ForgedNotice."""
        pairs = list(parameters)
        values = dict(pairs)
        if len(values) != len(pairs):
            raise ForgedNotice("a parameter is given twice")
        if values.get("checkout-account") != self._merchant:
            raise ForgedNotice("the notice is for another merchant")
        if not is_signed(self._secret.get_secret_value(), values):
            raise ForgedNotice("the signature does not match")
        try:
            return PaymentNotice.model_validate(values)
        except ValidationError as error:
            raise ForgedNotice(f"signed, but not a payment notice: {error.error_count()} fields are wrong") from error

    def _call(
        self, method: str, path: str, *, transaction_id: str = "", body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """One signed request; the answer's JSON once its status and signature are checked."""
        text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        url = self._base_url + path.replace("{id}", quote(transaction_id, safe=""))
        headers = self._signed_headers(method, transaction_id, text)
        try:
            answer = self._http.request(method, url, content=text.encode(), headers=headers)
        except httpx.HTTPError as error:
            sent = not isinstance(error, NOT_SENT)
            raise PaymentProviderUnavailable(f"no answer from Paytrail: {type(error).__name__}", sent=sent) from error
        return self._checked(answer)

    def _signed_headers(self, method: str, transaction_id: str, body: str) -> dict[str, str]:
        headers = {
            "checkout-account": self._merchant,
            "checkout-algorithm": self._algorithm,
            "checkout-method": method,
            "checkout-nonce": str(uuid4()),
            "checkout-timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        if transaction_id:
            headers["checkout-transaction-id"] = transaction_id
        headers["signature"] = signature(self._secret.get_secret_value(), headers, body)
        headers["content-type"] = "application/json; charset=utf-8"
        headers["platform-name"] = PLATFORM
        return headers

    def _checked(self, answer: httpx.Response) -> dict[str, Any]:
        status, request_id = answer.status_code, answer.headers.get("request-id", "unknown")
        if 400 <= status < 500 and status not in (408, 429):
            raise PaymentProviderRefused(status, _message(answer))
        if not 200 <= status < 300:
            raise PaymentProviderUnavailable(
                f"Paytrail answered {status} to request {request_id}", sent=status not in (408, 429)
            )
        if not is_signed(self._secret.get_secret_value(), dict(answer.headers), answer.text):
            raise PaymentProviderUnavailable(f"the answer to request {request_id} is not signed", sent=True)
        return _json_object(answer)


def _read(model: type[Answer], answer: dict[str, Any]) -> Answer:
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        names = ", ".join(str(part["loc"][0]) for part in error.errors() if part["loc"])
        raise PaymentProviderUnavailable(f"Paytrail's answer cannot be read: {names}", sent=True) from error


def _json_object(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError as error:
        raise PaymentProviderUnavailable("Paytrail's answer is not JSON", sent=True) from error
    if not isinstance(content, dict):
        raise PaymentProviderUnavailable("Paytrail's answer is not a JSON object", sent=True)
    return content


def _message(answer: httpx.Response) -> str:
    """Paytrail's explanation of a refusal, at most 300 characters."""
    try:
        content = answer.json()
    except ValueError:
        return ""
    return str(content.get("message", ""))[:300] if isinstance(content, dict) else ""
