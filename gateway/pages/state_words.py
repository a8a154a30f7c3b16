"""States in words: text and kind (good, warn, bad, busy or nothing) for the macro `page.state`."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as _p

from contracts.base import JobState
from contracts.commerce.invoices import Invoice, InvoiceKind, InvoiceState
from contracts.commerce.orders import OrderState
from contracts.courses import EnrolmentState
from contracts.membership import ApplicationState, MembershipState
from contracts.notify import MessageState

Words = tuple[Any, str]

APPLICATION: Final[Mapping[ApplicationState, Words]] = {
    ApplicationState.SUBMITTED: (_("Waits for a decision"), "warn"),
    ApplicationState.APPROVED: (_("Approved, being opened"), "busy"),
    ApplicationState.OPENED: (_p("application", "Approved"), "good"),
    ApplicationState.REJECTED: (_p("application", "Rejected"), "bad"),
    ApplicationState.WITHDRAWN: (_p("application", "Withdrawn"), ""),
}
MEMBERSHIP: Final[Mapping[MembershipState, Words]] = {
    MembershipState.PENDING: (_("Waits for payment"), "warn"),
    MembershipState.ACTIVE: (_p("membership", "In force"), "good"),
    MembershipState.GRACE: (_p("membership", "Fee is late"), "warn"),
    MembershipState.LAPSED: (_p("membership", "Lapsed"), "bad"),
    MembershipState.ENDED: (_p("membership", "Ended"), ""),
}
ENROLMENT: Final[Mapping[EnrolmentState, Words]] = {
    EnrolmentState.HELD: (_("Seat held until paid"), "warn"),
    EnrolmentState.WAITING: (_("In the waiting list"), "warn"),
    EnrolmentState.OFFERED: (_("Seat offered"), "busy"),
    EnrolmentState.CONFIRMED: (_("Seat confirmed"), "good"),
    EnrolmentState.EXPIRED: (_p("enrolment", "Expired"), ""),
    EnrolmentState.CANCELLED: (_p("enrolment", "Cancelled"), ""),
}
ORDER: Final[Mapping[OrderState, Words]] = {
    OrderState.OPEN: (_p("order", "Open"), "warn"),
    OrderState.BILLED: (_p("order", "Billed"), "busy"),
    OrderState.PAID: (_p("order", "Paid"), "good"),
    OrderState.CANCELLED: (_p("order", "Cancelled"), ""),
    OrderState.REFUNDED: (_p("order", "Refunded"), ""),
}
MESSAGE: Final[Mapping[MessageState, Words]] = {
    MessageState.CREATED: (_p("message", "Waits"), "busy"),
    MessageState.SENDING: (_p("message", "Being sent"), "busy"),
    MessageState.DELIVERED: (_p("message", "Delivered"), "good"),
    MessageState.TEMPORARY_FAILURE: (_p("message", "Failed, is tried again"), "warn"),
    MessageState.PERMANENT_FAILURE: (_p("message", "Not delivered"), "bad"),
    MessageState.SUPPRESSED: (_p("message", "Not sent"), ""),
}
JOB: Final[Mapping[JobState, Words]] = {
    JobState.QUEUED: (_("Waiting for its turn"), "busy"),
    JobState.RUNNING: (_p("job", "Running"), "busy"),
    JobState.SUCCEEDED: (_p("job", "Done"), "good"),
    JobState.FAILED: (_p("job", "Stopped at an error"), "bad"),
    JobState.CANCELLED: (_p("job", "Cancelled"), ""),
}


def invoice_words(invoice: Invoice) -> Words:
    """The state of an invoice or credit note as of today."""
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        return _("Credit note"), ""
    if invoice.overdue:
        return _p("invoice", "Overdue"), "bad"
    return {
        InvoiceState.OPEN: (_p("invoice", "Open"), "warn"),
        InvoiceState.PAID: (_p("invoice", "Paid"), "good"),
        InvoiceState.CREDITED: (_p("invoice", "Credited"), ""),
    }[invoice.state]
