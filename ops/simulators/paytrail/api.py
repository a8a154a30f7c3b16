"""The API the shop calls: open, look up and refund payments."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request, url_for

from ops.simulators.faults import Fault, Faults
from ops.simulators.paytrail.notices import Notices
from ops.simulators.paytrail.payments import PROVIDER, Payment, Payments
from ops.simulators.paytrail.protocol import Rejected, answer_headers, check_request, known_algorithm, signature
from ops.simulators.server import drop_connection

Work = Callable[[dict[str, Any], str], tuple[int, dict[str, Any]]]


class PaymentApi:
    """The three calls of the payment API for one merchant. Faults ordered for a step strike after its work."""

    def __init__(self, payments: Payments, notices: Notices, faults: Faults, merchant: str, secret: str) -> None:
        self._payments = payments
        self._notices = notices
        self._faults = faults
        self._merchant = merchant
        self._secret = secret

    def register(self, app: Flask) -> None:
        """Add the addresses to the application."""
        app.add_url_rule("/payments", view_func=self.create, methods=["POST"])
        app.add_url_rule("/payments/<transaction_id>", view_func=self.get, methods=["GET"])
        app.add_url_rule("/payments/<transaction_id>/refund", view_func=self.refund, methods=["POST"])

    def create(self) -> Response:
        """`POST /payments`."""

        def work(body: dict[str, Any], algorithm: str) -> tuple[int, dict[str, Any]]:
            return 201, opened(self._payments.open(body, algorithm))

        return self._answer("create", "", work)

    def get(self, transaction_id: str) -> Response:
        """`GET /payments/{id}`."""

        def work(_body: dict[str, Any], _algorithm: str) -> tuple[int, dict[str, Any]]:
            return 200, self._payments.get(transaction_id).as_answer(_href(transaction_id))

        return self._answer("get", transaction_id, work)

    def refund(self, transaction_id: str) -> Response:
        """`POST /payments/{id}/refund`."""

        def work(body: dict[str, Any], _algorithm: str) -> tuple[int, dict[str, Any]]:
            payment, refund = self._payments.refund(transaction_id, body)
            self._notices.call_back_refund(payment, refund, body["callbackUrls"]["success"])
            return 201, {"transactionId": refund.transaction_id, "provider": PROVIDER, "status": "ok"}

        return self._answer("refund", transaction_id, work)

    def _answer(self, step: str, transaction_id: str, work: Work) -> Response:
        body, algorithm = request.get_data(as_text=True), request.headers.get("checkout-algorithm", "")
        try:
            check_request(request.headers, request.method, body, self._merchant, self._secret)
            if request.headers.get("checkout-transaction-id", "") != transaction_id:
                raise Rejected(400, "checkout-transaction-id must be the transaction of the address")
            status, content = work(_parsed(body), algorithm)
        except Rejected as error:
            status, content = error.status, {"status": "error", "message": str(error)}
        return self._with_fault(self._faults.take(step), status, content, known_algorithm(algorithm))

    def _with_fault(self, fault: Fault | None, status: int, content: dict[str, Any], algorithm: str) -> Response:
        effect = fault.effect if fault else ""
        if fault and effect == "delay":
            time.sleep(fault.seconds)
        if effect == "drop":
            return drop_connection()
        if fault and effect == "error":
            status, content = fault.status, {"status": "error", "message": "Internal server error"}
        return self._signed(status, content, algorithm, "forged" if effect == "forge" else self._secret)

    def _signed(self, status: int, content: dict[str, Any], algorithm: str, secret: str) -> Response:
        body = json.dumps(content, ensure_ascii=False)
        headers = answer_headers(self._merchant, algorithm, request.method, str(content.get("transactionId", "")))
        headers["signature"] = signature(secret, headers, body)
        headers["request-id"] = str(uuid.uuid4())
        return Response(body, status, headers, content_type="application/json; charset=utf-8")


def opened(payment: Payment) -> dict[str, Any]:
    """The body of the answer to a new payment, with one payment method: cards."""
    href = _href(payment.transaction_id)
    method = {
        "id": PROVIDER,
        "name": "Visa, Mastercard",
        "group": "creditcard",
        "url": href,
        "icon": "",
        "svg": "",
        "parameters": [{"name": "outcome", "value": "ok"}],
    }
    return {
        "transactionId": payment.transaction_id,
        "href": href,
        "reference": payment.request["reference"],
        "terms": "",
        "groups": [{"id": "creditcard", "name": "Cards", "icon": "", "svg": ""}],
        "providers": [method],
        "customProviders": {},
    }


def _href(transaction_id: str) -> str:
    return url_for("payment_page", transaction_id=transaction_id, _external=True)


def _parsed(body: str) -> dict[str, Any]:
    if not body:
        return {}
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Rejected(400, "the body is not JSON") from error
    if not isinstance(content, dict):
        raise Rejected(400, "the body must be a JSON object")
    return content
