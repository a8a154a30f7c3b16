"""Coming back from the payment provider, and paying an invoice by personal link (E4, E6)."""

from typing import Final

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import files
from chassis.rpc import client
from contracts.access import LinkPurpose, Rule
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import InvoiceKind
from contracts.commerce.payments import ProviderCallback
from gateway import standing
from gateway.api.downloads import download
from gateway.limits import limit_form
from gateway.pages.door import Pages
from gateway.pages.my_invoices import in_groups, payable_barcode
from gateway.paying import pay_by_card
from gateway.personal_links import opened
from gateway.qr_codes import qr_picture

commerce = client(CommerceApi)
pages = Pages("paying", __name__)
PER_MINUTE: Final = 30
MOST_PARAMETERS: Final = 40


@pages.get("/payments/paytrail/return", may=Rule.PUBLIC)
def come_back() -> str:
    """The payer's browser comes back, with what the provider has signed; the same facts come by callback too."""
    parameters = dict(list(request.args.to_dict().items())[:MOST_PARAMETERS])
    result = commerce.receive_callback(ProviderCallback(provider="paytrail", parameters=parameters))
    return render_template("paying/returned.html", state=result.state.value, back=result.return_path)


@pages.get("/pay/<token>", may=Rule.PUBLIC)
def invoice_by_link(token: str) -> str:
    """An invoice in short and the ways to pay it."""
    with opened(token, LinkPurpose.PAY_INVOICE) as invoice_id:
        invoice = commerce.get_invoice(ById(id=invoice_id))
    return render_template(
        "paying/invoice.html",
        token=token,
        invoice=invoice,
        standing=standing.of_invoice(invoice),
        is_credit=invoice.kind is InvoiceKind.CREDIT_NOTE,
        iban=in_groups(invoice.iban, 4),
        reference=in_groups(invoice.reference, 5, from_right=True),
        barcode=payable_barcode(invoice),
        qr=qr_picture(invoice.qr, _("QR code for the bank's app")) if invoice.qr else None,
    )


@pages.post("/pay/<token>", may=Rule.PUBLIC)
def pay_invoice_by_link(token: str) -> ResponseReturnValue:
    """Pay the invoice by card."""
    limit_form("pay", PER_MINUTE)
    with opened(token, LinkPurpose.PAY_INVOICE) as invoice_id:
        return pay_by_card(f"/pay/{token}", invoice_id=invoice_id)


@pages.get("/pay/<token>/invoice.pdf", may=Rule.PUBLIC)
def invoice_file_by_link(token: str) -> Response:
    """The invoice as PDF."""
    with opened(token, LinkPurpose.PAY_INVOICE) as invoice_id:
        found = commerce.get_invoice_file(ById(id=invoice_id))
    return download(files.load(found.file_key), f"{found.kind}-{found.number}.pdf")
