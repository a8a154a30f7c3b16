"""The simulator's application: the API the shop calls, the buyer's payment page, the control API and overview."""

from pathlib import Path

from flask import Flask

from ops.simulators.callbacks import RETRY_AFTER, Deliverer
from ops.simulators.faults import Faults
from ops.simulators.paytrail.api import PaymentApi
from ops.simulators.paytrail.control import Control
from ops.simulators.paytrail.notices import Notices
from ops.simulators.paytrail.page import PaymentPage
from ops.simulators.paytrail.payments import Payments
from ops.simulators.server import add_fault_routes, simulator_app

FAULTS = {
    "create": frozenset({"error", "drop", "delay", "forge"}),
    "get": frozenset({"error", "drop", "delay", "forge"}),
    "refund": frozenset({"error", "drop", "delay", "forge"}),
    "pay": frozenset({"error", "drop", "delay"}),
    "redirect": frozenset({"forge"}),
    "callback": frozenset({"lose", "delay", "forge", "first"}),
}
"""`error` and `drop` happen after the work is done, `first` calls the shop before its buyer is sent back."""


def create_app(merchant: str, secret: str, retry_after: tuple[float, ...] = RETRY_AFTER) -> Flask:
    """The application for one merchant; `retry_after` are the pauses before a callback is repeated, in seconds."""
    app = simulator_app(__name__, Path(__file__).parent)
    payments, faults, deliverer = Payments(), Faults(FAULTS), Deliverer(retry_after)
    notices = Notices(merchant, secret, deliverer, faults)
    PaymentApi(payments, notices, faults, merchant, secret).register(app)
    PaymentPage(payments, notices, faults).register(app)
    Control(payments, notices, deliverer).register(app)
    add_fault_routes(app, faults)
    return app
