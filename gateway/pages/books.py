"""The books for the treasurer: open items, trial balance and postings, card payments and refunds."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel import lazy_pgettext as _p

from chassis.rpc import client, side_by_side
from contracts.access import Permission
from contracts.base import ListRequest, Nothing
from contracts.commerce import CommerceApi
from contracts.commerce.ledger import LedgerEntry
from contracts.commerce.payments import ListPayments, ListRefunds, PaymentState
from gateway.asked import asked, list_state
from gateway.listing import Column
from gateway.pages.door import Pages
from gateway.pages.person_names import customers_by_id

commerce = client(CommerceApi)
pages = Pages("office_books", __name__)
OPEN_ITEMS: Final = (
    Column("number", lazy_gettext("Number"), "main"),
    Column("customer", lazy_gettext("Customer")),
    Column("due_on", lazy_gettext("Due"), "date"),
    Column("late", lazy_gettext("Late")),
    Column("gross", lazy_gettext("Sum"), "number"),
    Column("open_amount", _p("amount", "Open"), "number"),
)
ENTRIES: Final = (
    Column("text", lazy_gettext("Posting"), "main"),
    Column("booked_on", lazy_gettext("Booked"), "date"),
    Column("account", _p("ledger", "Account")),
    Column("debit", lazy_gettext("Debit"), "number"),
    Column("credit", lazy_gettext("Credit"), "number"),
)
PAYMENTS: Final = (
    Column("customer", lazy_gettext("Customer"), "main"),
    Column("created_at", lazy_gettext("Begun"), "date"),
    Column("state", lazy_gettext("State")),
    Column("amount", lazy_gettext("Sum"), "number"),
    Column("refunded", lazy_gettext("Refunded"), "number"),
)
ACCOUNTS: Final[Mapping[str, Any]] = {
    "1700": lazy_gettext("Receivables"),
    "1780": lazy_gettext("Card payments on their way"),
    "1910": lazy_gettext("Bank account"),
    "2870": lazy_gettext("Over-payments of customers"),
    "2939": lazy_gettext("VAT payable"),
    "3000": lazy_gettext("Sales"),
    "3100": lazy_gettext("Membership fees"),
    "3200": lazy_gettext("Course fees"),
    "3890": lazy_gettext("Reminder fees"),
    "3990": lazy_gettext("Rounding"),
    "7790": lazy_gettext("Credit losses"),
    "9160": lazy_gettext("Interest income"),
}
OCCASIONS: Final[Mapping[str, Any]] = {
    "invoice_issued": lazy_gettext("Invoice issued"),
    "invoice_credited": lazy_gettext("Invoice credited"),
    "payment_received": lazy_gettext("Payment received"),
    "payment_reversed": lazy_gettext("Payment reversed"),
    "credit_used": lazy_gettext("Over-payment used"),
    "refund_paid": lazy_gettext("Refund paid"),
    "rounding_written_off": lazy_gettext("Rounding written off"),
    "credit_loss": lazy_gettext("Credit loss"),
    "reminder_charged": lazy_gettext("Reminder charged"),
    "provider_settled": lazy_gettext("Card payments settled to the bank"),
}
PAYMENT: Final[Mapping[PaymentState, tuple[Any, str]]] = {
    PaymentState.CREATED: (_p("payment", "Begun"), "busy"),
    PaymentState.PENDING: (_p("payment", "Not finished"), "warn"),
    PaymentState.CAPTURED: (_p("payment", "Paid"), "good"),
    PaymentState.FAILED: (_p("payment", "Failed"), "bad"),
    PaymentState.UNKNOWN: (_p("payment", "Being asked from the provider"), "warn"),
    PaymentState.REFUNDED: (_p("payment", "Refunded"), ""),
}
REFUND: Final[Mapping[str, tuple[Any, str]]] = {
    "requested": (_p("refund", "On its way"), "busy"),
    "sent": (_p("refund", "On its way"), "busy"),
    "completed": (_p("refund", "Given back"), "good"),
    "failed": (_p("refund", "Failed, pay it by hand"), "bad"),
}


@pages.get("/office/open-items", may=Permission.COMMERCE_READ)
def open_items() -> str:
    """Invoices that are not paid wholly, longest due first."""
    found = commerce.list_open_items(asked(ListRequest))
    customers = customers_by_id(each.customer_id for each in found.data)
    return render_template(
        "money/open_items.html", state=list_state(), columns=OPEN_ITEMS, found=found, customers=customers
    )


@pages.get("/office/ledger", may=Permission.COMMERCE_READ)
def ledger() -> str:
    """Trial balance and the latest postings."""
    balance, entries = side_by_side(
        partial(commerce.get_trial_balance, Nothing()), partial(commerce.list_ledger_entries, asked(ListRequest))
    )
    return render_template(
        "money/ledger.html",
        state=list_state(),
        columns=ENTRIES,
        balance=balance,
        found=entries,
        accounts=ACCOUNTS,
        occasion=occasion,
    )


def occasion(entry: LedgerEntry) -> str:
    """What was posted, in the user's language: `Invoice issued 10432`."""
    word, _space, rest = entry.text.partition(" ")
    return f"{OCCASIONS.get(word, word)} {rest}".strip()


@pages.get("/office/payments", may=Permission.COMMERCE_READ)
def payments() -> str:
    """Card payments, newest first, and the latest refunds."""
    found = commerce.list_payments(asked(ListPayments, "order_id", "customer_id"))
    refunds, customers = side_by_side(
        partial(commerce.list_refunds, ListRefunds(limit=20)),
        partial(customers_by_id, [each.customer_id for each in found.data if each.customer_id]),
    )
    return render_template(
        "money/payments.html",
        state=list_state(),
        columns=PAYMENTS,
        found=found,
        refunds=refunds,
        customers=customers,
        states=PAYMENT,
        refund_states=REFUND,
        nobody=_("Unknown payer"),
    )
