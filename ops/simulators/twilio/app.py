"""The simulator's application: Twilio's Message resource, the page of received messages, the control API."""

import hmac
import time
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request

from ops.simulators.callbacks import RETRY_AFTER, Deliverer
from ops.simulators.faults import Faults
from ops.simulators.server import add_fault_routes, drop_connection, json_object, simulator_app
from ops.simulators.twilio.messages import Messages, Refused
from ops.simulators.twilio.statuses import Statuses

FAULTS = {
    "send": frozenset({"error", "error_after", "drop", "delay"}),
    "callback": frozenset({"lose", "delay", "forge"}),
}
"""`error` refuses with `status` and sends nothing; `error_after` and `drop` send first."""
BUSY = {429: 20429, 503: 20503}
SHOWN = 200
RESOURCE = "/2010-04-01/Accounts/<account>/Messages"


class TwilioApi:
    """The Message resource of one account."""

    def __init__(self, account: str, auth_token: str, messages: Messages, statuses: Statuses, faults: Faults) -> None:
        self._account = account
        self._auth_token = auth_token
        self._messages = messages
        self._statuses = statuses
        self._faults = faults

    def register(self, app: Flask) -> None:
        """Add the addresses to the application."""
        app.register_error_handler(Refused, refuse)
        app.add_url_rule(f"{RESOURCE}.json", view_func=self.send, methods=["POST"])
        app.add_url_rule(f"{RESOURCE}/<sid>.json", view_func=self.show, methods=["GET"])

    def send(self, account: str) -> tuple[Response, int] | Response:
        """`POST Messages.json`: accept a message."""
        self._check(account)
        form = request.form.to_dict()
        fault = self._faults.take("send", to=form.get("To", ""))
        if fault and fault.effect == "error":
            raise Refused(fault.status, BUSY.get(fault.status, 20500), "ordered fault")
        sms = self._messages.accept(form)
        self._statuses.run(sms)
        if fault and fault.effect == "error_after":
            raise Refused(fault.status, 20500, "ordered fault")
        if fault and fault.effect == "drop":
            return drop_connection()
        if fault:
            time.sleep(fault.seconds)
        return jsonify(sms.as_resource(account) | {"status": "queued", "error_code": None}), 201

    def show(self, account: str, sid: str) -> Response:
        """`GET Messages/{sid}.json`."""
        self._check(account)
        return jsonify(self._messages.get(sid).as_resource(account))

    def _check(self, account: str) -> None:
        given = request.authorization
        user, password = (given.username or "", given.password or "") if given else ("", "")
        known = hmac.compare_digest(password.encode(), self._auth_token.encode())
        if user != self._account or account != self._account or not known:
            raise Refused(401, 20003, "Authenticate")


def refuse(error: Refused) -> tuple[dict[str, Any], int]:
    """Twilio's error body."""
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    return {"code": error.code, "message": str(error), "more_info": more, "status": error.status}, error.status


def create_app(account: str, auth_token: str, retry_after: tuple[float, ...] = RETRY_AFTER) -> Flask:
    """The application for one account."""
    app = simulator_app(__name__, Path(__file__).parent)
    messages, faults, deliverer = Messages(), Faults(FAULTS), Deliverer(retry_after)
    TwilioApi(account, auth_token, messages, Statuses(account, auth_token, deliverer, faults), faults).register(app)
    add_fault_routes(app, faults)

    @app.get("/")
    def received() -> str:
        to = request.args.get("to", "").replace(" ", "+")
        shown = messages.listed(to, SHOWN)
        return render_template("received.html", title="Text messages", messages=shown, to=to, refresh=3)

    @app.get("/control/messages")
    def list_messages() -> Response:
        to = request.args.get("to", "").replace(" ", "+")
        return jsonify(messages=[sms.as_control() for sms in messages.listed(to)])

    @app.delete("/control/messages")
    def clear_messages() -> tuple[str, int]:
        messages.clear()
        return "", 204

    @app.get("/control/callbacks")
    def list_callbacks() -> Response:
        return jsonify(callbacks=deliverer.listed(), idle=deliverer.idle())

    @app.post("/control/unsubscribed")
    def unsubscribe() -> tuple[str, int]:
        messages.unsubscribed.add(str(json_object().get("number", "")))
        return "", 204

    return app
