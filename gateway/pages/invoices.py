"""Invoices and credit notes for the office: list, card, PDF, crediting."""

from functools import partial
from typing import Final
from uuid import UUID

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis import files
from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Permission
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import CreditInvoice, Invoice, InvoiceKind, InvoiceState, ListInvoices
from contracts.commerce.payments import ListPayments
from contracts.errors import Invalid
from gateway.api.downloads import download
from gateway.asked import asked, list_state
from gateway.form_state import FormState
from gateway.listing import Column, Filter, Option
from gateway.pages.door import Pages
from gateway.pages.my_invoices import payable_barcode
from gateway.pages.person_names import customers_by_id, may
from gateway.pages.state_words import invoice_words
from gateway.submitted import form_command, read, state, typed

commerce = client(CommerceApi)
pages = Pages("office_invoices", __name__)
OVERDUE: Final = "overdue"
COLUMNS: Final = (
    Column("number", lazy_gettext("Number"), "main"),
    Column("customer", lazy_gettext("Customer")),
    Column("state", lazy_gettext("State")),
    Column("issued_on", lazy_gettext("Issued"), "date"),
    Column("due_on", lazy_gettext("Due"), "date"),
    Column("gross", lazy_gettext("Sum"), "number"),
    Column("open_amount", _p("amount", "Open"), "number"),
)
STATE: Final = Filter(
    "state",
    lazy_gettext("State"),
    (
        Option(InvoiceState.OPEN, _p("invoice", "Open")),
        Option(OVERDUE, _p("invoice", "Overdue")),
        Option(InvoiceState.PAID, _p("invoice", "Paid")),
        Option(InvoiceState.CREDITED, _p("invoice", "Credited")),
    ),
)


@pages.get("/office/invoices", may=Permission.COMMERCE_READ)
def list_invoices() -> str:
    """Invoices, newest first, by state and number or reference."""
    late = request.args.get("state") == OVERDUE
    names = ("q", "customer_id") if late else ("q", "customer_id", "state")
    found = commerce.list_invoices(asked(ListInvoices, *names, overdue=late))
    customers = customers_by_id(each.customer_id for each in found.data)
    return render_template(
        "money/invoices.html",
        state=list_state(),
        columns=COLUMNS,
        filters=(STATE,),
        found=found,
        customers=customers,
        words=invoice_words,
    )


@pages.get("/office/invoices/<uuid:invoice_id>", may=Permission.COMMERCE_READ)
def show_invoice(invoice_id: UUID) -> str:
    """One invoice: lines, reference, barcode, payments."""
    invoice = commerce.get_invoice(ById(id=invoice_id))
    credited = invoice.credits_id
    customers, original, payments = side_by_side(
        partial(customers_by_id, [invoice.customer_id]),
        lambda: or_nothing(partial(commerce.get_invoice, ById(id=credited))) if credited else None,
        partial(_payments, invoice),
    )
    return render_template(
        "money/invoice.html",
        invoice=invoice,
        customers=customers,
        original=original,
        payments=payments,
        standing=invoice_words(invoice),
        barcode=payable_barcode(invoice),
        can_credit=_can_credit(invoice) and may(Permission.COMMERCE_WRITE),
    )


def _payments(invoice: Invoice) -> list[object]:
    """Card payments of the invoice's order; what came by bank shows in what is open."""
    if invoice.order_id is None:
        return []
    return list(commerce.list_payments(ListPayments(order_id=invoice.order_id)).data)


def _can_credit(invoice: Invoice) -> bool:
    return invoice.kind is InvoiceKind.INVOICE and invoice.state is not InvoiceState.CREDITED


@pages.get("/office/invoices/<uuid:invoice_id>.pdf", may=Permission.COMMERCE_READ)
def invoice_pdf(invoice_id: UUID) -> Response:
    """The document as it was sent."""
    found = commerce.get_invoice_file(ById(id=invoice_id))
    return download(files.load(found.file_key), f"{found.kind}-{found.number}.pdf", inline=True)


@pages.form("/office/invoices/<uuid:invoice_id>/credit", may=Permission.COMMERCE_WRITE)
def credit_invoice(invoice_id: UUID) -> ResponseReturnValue:
    """Credit an invoice wholly, with a reason; a credit note is issued."""
    invoice = commerce.get_invoice(ById(id=invoice_id))
    if request.method == "GET":
        return render_template("money/credit.html", invoice=invoice, f=FormState())
    values = typed("reason")
    try:
        wanted = read(CreditInvoice, {**values, "id": invoice_id})
    except Invalid as error:
        return render_template("money/credit.html", invoice=invoice, f=state(values, error)), 422
    with form_command():
        note = commerce.credit_invoice(wanted)
    flash(_("Invoice %(number)s is credited; this is its credit note.", number=invoice.number), "good")
    return redirect(f"/office/invoices/{note.id}")
