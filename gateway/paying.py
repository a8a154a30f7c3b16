"""Paying by card: the payment is opened, and the payer is led to the provider's page."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis.rpc import client
from contracts.commerce import CommerceApi
from contracts.commerce.payments import StartPayment
from contracts.errors import NotFound
from gateway.i18n import language

commerce = client(CommerceApi)


def pay_by_card(back_to: str, *, order_id: UUID | None = None, invoice_id: UUID | None = None) -> ResponseReturnValue:
    """Open the payment of an order or an invoice and go to the provider; it sends the payer back to `back_to`.

    Commerce keeps at most one live payment for each, so the command needs no key of the form: under one, a form that
    is sent again after the payer gave up would lead to the dead payment. The order of a seat that is held this moment
    may still be on its way.
    """
    wanted: dict[str, Any] = {"order_id": order_id, "invoice_id": invoice_id}
    try:
        payment = commerce.start_payment(StartPayment(**wanted, return_path=back_to, language=language()))
    except NotFound:
        if order_id is None:
            raise
        flash(_("The payment is being prepared. Try again in a moment."), "warn")
        return redirect(back_to)
    if payment.pay_url is None:
        flash(_("The payment page does not answer at the moment. Nothing was charged; try again in a minute."), "warn")
        return redirect(back_to)
    return _led_to(payment.pay_url)


def _led_to(address: str) -> ResponseReturnValue:
    """A page that goes on by itself: a form may not be answered by a redirect to another site (`form-action`)."""
    page = render_template(
        "layout/message.html",
        title=_("On to the payment"),
        text=_("You are led to the payment page now. If nothing happens, go on by yourself."),
        actions=[{"label": _("To the payment page"), "url": address}],
    )
    return page, 200, {"Refresh": f"0; url={address}"}
