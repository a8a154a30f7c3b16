"""The overview for people and the control API for tests."""

from dataclasses import asdict
from typing import Any

from flask import Flask, Response, jsonify, render_template

from ops.simulators.callbacks import Deliverer
from ops.simulators.paytrail.notices import Notices
from ops.simulators.paytrail.payments import Payments
from ops.simulators.paytrail.protocol import Rejected
from ops.simulators.server import json_object

MAX_DELIVER = 50
SHOWN = 100
ONE = "/control/payments/<transaction_id>"


class Control:
    """`/` and `/control/payments|callbacks|settings`."""

    def __init__(self, payments: Payments, notices: Notices, deliverer: Deliverer) -> None:
        self._payments = payments
        self._notices = notices
        self._deliverer = deliverer

    def register(self, app: Flask) -> None:
        """Add the addresses to the application."""
        app.register_error_handler(Rejected, reject)
        app.add_url_rule("/", view_func=self.overview)
        app.add_url_rule("/control/payments", view_func=self.list_payments)
        app.add_url_rule("/control/payments", view_func=self.clear, methods=["DELETE"])
        app.add_url_rule(ONE, view_func=self.show)
        app.add_url_rule(f"{ONE}/<any(pay, cancel):action>", view_func=self.settle, methods=["POST"])
        app.add_url_rule(f"{ONE}/callback", view_func=self.repeat_callback, methods=["POST"])
        app.add_url_rule("/control/callbacks", view_func=self.list_callbacks)
        app.add_url_rule("/control/settings", view_func=self.change_settings, methods=["POST"])

    def overview(self) -> str:
        """The page: payments and callbacks, newest first, renewed every few seconds."""
        sent = [asdict(callback) for callback in list(self._deliverer.sent)[:SHOWN]]
        payments = self._payments.listed()[:SHOWN]
        return render_template("overview.html", title="Payments", payments=payments, callbacks=sent, refresh=5)

    def list_payments(self) -> Response:
        """All payments, newest first."""
        return jsonify(payments=[payment.as_control() for payment in self._payments.listed()])

    def show(self, transaction_id: str) -> Response:
        """One payment with its callbacks."""
        found = self._payments.get(transaction_id)
        return jsonify(found.as_control() | {"callbacks": self._deliverer.listed(transaction_id)})

    def clear(self) -> tuple[str, int]:
        """Forget everything."""
        self._payments.clear()
        self._deliverer.sent.clear()
        return "", 204

    def settle(self, transaction_id: str, action: str) -> Response:
        """Pay or cancel without a browser; `deliver` callbacks follow."""
        times = _times(json_object(), self._notices.deliver)
        payment, settled = self._payments.settle(transaction_id, "ok" if action == "pay" else "fail")
        if settled:
            self._notices.call_back(payment, times)
        return jsonify(payment.as_control() | {"redirect": self._notices.redirect(payment)})

    def repeat_callback(self, transaction_id: str) -> Response:
        """Call the shop again about a settled payment."""
        payment = self._payments.get(transaction_id)
        if payment.status == "new":
            raise ValueError("the payment is not settled yet")
        self._notices.call_back(payment, _times(json_object(), 1))
        return jsonify(payment.as_control())

    def list_callbacks(self) -> Response:
        """The calls made to the shop, newest first; `idle` when nothing is due now."""
        return jsonify(callbacks=self._deliverer.listed(), idle=self._deliverer.idle())

    def change_settings(self) -> Response:
        """Set `deliver` (callbacks per payment) and `retry_after` (pauses in seconds)."""
        body = json_object()
        self._notices.deliver = _times(body, self._notices.deliver)
        pauses = body.get("retry_after", self._deliverer.retry_after)
        self._deliverer.retry_after = tuple(float(pause) for pause in pauses)
        return jsonify(deliver=self._notices.deliver, retry_after=self._deliverer.retry_after)


def reject(error: Rejected) -> tuple[Response, int]:
    """The answer to what cannot be done."""
    return jsonify(status="error", message=str(error)), error.status


def _times(body: dict[str, Any], otherwise: int) -> int:
    times = body.get("deliver", otherwise)
    if not isinstance(times, int) or not 0 <= times <= MAX_DELIVER:
        raise ValueError(f"deliver must be an integer between 0 and {MAX_DELIVER}")
    return times
