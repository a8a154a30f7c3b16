"""One's own invoices: the list, one invoice with all that is needed to pay it, its PDF, and paying by card."""

from typing import Final
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from chassis import files
from chassis.rpc import client
from contracts.access import Rule
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import Invoice, InvoiceKind, InvoiceState, ListInvoices
from gateway import standing
from gateway.api.downloads import download
from gateway.barcodes import barcode_picture
from gateway.listing import Column, Filter, ListState, Option
from gateway.pages.door import Pages
from gateway.pages.own import own_id, own_purchase
from gateway.paying import pay_by_card
from gateway.qr_codes import qr_picture
from gateway.submitted import read

commerce = client(CommerceApi)
pages = Pages("my_invoices", __name__)
COLUMNS: Final = (
    Column("number", lazy_gettext("Invoice"), "main"),
    Column("issued", lazy_gettext("Dated"), "date"),
    Column("sum", lazy_gettext("Sum"), "number"),
    Column("state", lazy_gettext("State")),
)
STATES: Final = (
    Option("open", lazy_gettext("Open")),
    Option("paid", lazy_gettext("Paid")),
    Option("credited", lazy_gettext("Credited")),
)
STATE: Final = Filter("state", lazy_gettext("State"), STATES)


@pages.get("/my/invoices", may=Rule.OWN)
def invoices() -> str:
    """Invoices and credit notes, newest first."""
    state = ListState(request.path, request.args.to_dict())
    chosen = state.chosen(STATE)
    wanted = {"customer_id": own_id(), "cursor": state.query.get("cursor"), "state": chosen and chosen.value}
    found = commerce.list_invoices(read(ListInvoices, wanted))
    return render_template(
        "my/invoices.html", state=state, columns=COLUMNS, filters=(STATE,), found=found, standing=standing.of_invoice
    )


@pages.get("/my/invoices/<uuid:invoice_id>", may=Rule.OWN)
def invoice(invoice_id: UUID) -> str:
    """One invoice: what for, how to pay, or that it is paid."""
    found = _own_invoice(invoice_id)
    picture = qr_picture(found.qr, _("QR code for the bank's app")) if found.qr else None
    return render_template(
        "my/invoice.html",
        invoice=found,
        standing=standing.of_invoice(found),
        is_credit=found.kind is InvoiceKind.CREDIT_NOTE,
        is_open=found.state is InvoiceState.OPEN and found.open_amount > 0,
        reference=in_groups(found.reference, 5, from_right=True),
        rf_reference=in_groups(found.rf_reference, 4),
        iban=in_groups(found.iban, 4),
        qr=picture,
        barcode=payable_barcode(found),
    )


@pages.get("/my/invoices/<uuid:invoice_id>/invoice.pdf", may=Rule.OWN)
def invoice_pdf(invoice_id: UUID) -> Response:
    """The invoice as it was sent."""
    _own_invoice(invoice_id)
    found = commerce.get_invoice_file(ById(id=invoice_id))
    return download(files.load(found.file_key), f"{found.kind}-{found.number}.pdf", inline=True)


@pages.post("/my/invoices/<uuid:invoice_id>/pay", may=Rule.OWN)
def pay_invoice(invoice_id: UUID) -> ResponseReturnValue:
    """Go to the payment page with what is open of the invoice."""
    found = _own_invoice(invoice_id)
    return pay_by_card(f"/my/invoices/{found.id}", invoice_id=found.id)


def _own_invoice(invoice_id: UUID) -> Invoice:
    return own_purchase(commerce.get_invoice(ById(id=invoice_id)))


def payable_barcode(invoice: Invoice) -> Markup | None:
    """The picture of the bank barcode; None when it would not say what is left to pay."""
    if not invoice.barcode or invoice.open_amount != invoice.gross:
        return None
    return barcode_picture(invoice.barcode, _("Bank barcode"))


def in_groups(text: str, size: int, *, from_right: bool = False) -> str:
    """Digits in groups, as they are printed: `12345 67890`, `FI21 1234 56`."""
    plain = text.replace(" ", "")
    first = len(plain) % size if from_right else 0
    groups = [plain[:first], *(plain[at : at + size] for at in range(first, len(plain), size))]
    return "\N{NO-BREAK SPACE}".join(group for group in groups if group)
