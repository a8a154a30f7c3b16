"""In which state a membership, an invoice or an enrolment of one's own is: words, and the kind for `page.state`."""

from flask_babel import gettext as _

from contracts.commerce.invoices import Invoice, InvoiceKind, InvoiceState
from contracts.courses import Enrolment, EnrolmentState
from contracts.membership import Membership, MembershipState
from gateway.i18n import date_time, language, local_date

Standing = tuple[str, str]
"""Text, and `good`, `warn`, `bad`, `busy` or empty."""


def of_membership(found: Membership) -> Standing:
    """One sentence: `Member since 2026, paid until 31.12.2026`."""
    kind = found.type_name.in_language(language())
    values = {"kind": kind, "year": found.joined_on.year, "day": local_date(found.paid_until)}
    if found.state is MembershipState.ENDED:
        return _("%(kind)s until %(day)s, ended", kind=kind, day=local_date(found.ended_on)), ""
    if found.state is MembershipState.PENDING:
        return _("%(kind)s, valid as soon as the first invoice is paid", **values), "warn"
    if found.state is MembershipState.LAPSED:
        return _("%(kind)s since %(year)s, was paid until %(day)s and is not valid now", **values), "bad"
    if found.state is MembershipState.GRACE:
        return _("%(kind)s since %(year)s, was paid until %(day)s; the new period waits for payment", **values), "warn"
    if found.paid_until is None:
        return _("%(kind)s since %(year)s, paid for life", **values), "good"
    return _("%(kind)s since %(year)s, paid until %(day)s", **values), "good"


def of_invoice(found: Invoice) -> Standing:
    """Paid, open until its due day, late, or credited."""
    if found.kind is InvoiceKind.CREDIT_NOTE:
        return _("Credit note"), ""
    if found.state is InvoiceState.CREDITED:
        return _("Credited"), ""
    if found.state is InvoiceState.PAID:
        return (_("Paid %(day)s", day=local_date(found.paid_on)) if found.paid_on else _("Paid")), "good"
    if found.overdue:
        return _("Late, was due on %(day)s", day=local_date(found.due_on)), "bad"
    return _("To be paid by %(day)s", day=local_date(found.due_on)), "warn"


def of_enrolment(found: Enrolment) -> Standing:
    """What the seat waits for, or that it is sure."""
    until = date_time(found.expires_at)
    if found.state is EnrolmentState.CONFIRMED:
        return (_("You were there"), "good") if found.checked_in_at else (_("Seat confirmed"), "good")
    if found.state is EnrolmentState.HELD:
        return (_("Pay by %(time)s", time=until) if until else _("Being confirmed")), "warn"
    if found.state is EnrolmentState.OFFERED:
        return _("Offered to you until %(time)s", time=until), "warn"
    if found.state is EnrolmentState.WAITING:
        return _("On the waiting list"), "busy"
    return (_("Expired"), "") if found.state is EnrolmentState.EXPIRED else (_("Cancelled"), "")
