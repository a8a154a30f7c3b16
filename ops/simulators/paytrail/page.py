"""The payment page the buyer sees."""

import time

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ops.simulators.faults import Faults
from ops.simulators.paytrail.notices import Notices
from ops.simulators.paytrail.payments import Payments
from ops.simulators.paytrail.protocol import Rejected
from ops.simulators.paytrail.texts import LANGUAGES, TEXTS, money
from ops.simulators.server import drop_connection


class PaymentPage:
    """The page of a payment, and what its Pay and Cancel buttons do."""

    def __init__(self, payments: Payments, notices: Notices, faults: Faults) -> None:
        self._payments = payments
        self._notices = notices
        self._faults = faults

    def register(self, app: Flask) -> None:
        """Add the addresses to the application."""
        app.add_url_rule("/pay/<transaction_id>", "payment_page", self.show, methods=["GET"])
        app.add_url_rule("/pay/<transaction_id>", "finish_payment", self.finish, methods=["POST"])

    def show(self, transaction_id: str) -> tuple[str, int]:
        """The page, in the payment's language or the one asked for with `?lang=`."""
        try:
            payment = self._payments.get(transaction_id)
        except Rejected:
            return render_template("unknown.html", lang="fi", texts=TEXTS["fi"], stripe=TEXTS["fi"]["stripe"]), 404
        wanted = request.args.get("lang", payment.request["language"].lower())
        lang = wanted if wanted in TEXTS else "en"
        page = render_template(
            "pay.html",
            payment=payment,
            lang=lang,
            languages=LANGUAGES,
            texts=TEXTS[lang],
            stripe=TEXTS[lang]["stripe"],
            amount=money(payment.amount, lang),
            back=self._notices.redirect(payment) if payment.status != "new" else "",
        )
        return page, 200

    def finish(self, transaction_id: str) -> AnyResponse:
        """Charge or cancel once, tell the shop, send the browser back to it."""
        outcome = request.form.get("outcome", "")
        if outcome not in ("ok", "fail"):
            raise ValueError("outcome must be ok or fail")
        payment, settled = self._payments.settle(transaction_id, outcome)
        if settled:
            self._notices.call_back(payment)
        return self._fault() or redirect(self._notices.redirect(payment), 303)

    def _fault(self) -> Response | None:
        fault = self._faults.take("pay")
        if fault is None:
            return None
        if fault.effect == "drop":
            return drop_connection()
        if fault.effect == "error":
            return Response("Internal server error", fault.status)
        time.sleep(fault.seconds)
        return None
