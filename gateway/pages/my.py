"""The overview of the member's own pages: where I stand, what to do next, what is coming."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from chassis import clock
from chassis.rpc import client, or_nothing, side_by_side
from contracts.access import Rule
from contracts.base import ById
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import Invoice, InvoiceState, ListInvoices
from contracts.contacts import ContactsApi
from contracts.contacts.persons import Person
from contracts.courses import CoursesApi, Enrolment, EnrolmentState, ListEnrolments
from contracts.membership import ListMemberships, Membership, MembershipApi
from contracts.notify import ListMessages, Message, NotifyApi
from gateway import standing
from gateway.i18n import date_time, language, local_date, money
from gateway.pages.door import Pages
from gateway.pages.own import own_id

membership, commerce, courses = client(MembershipApi), client(CommerceApi), client(CoursesApi)
contacts, notify = client(ContactsApi), client(NotifyApi)
pages = Pages("my", __name__)
ALL = 200
LATEST = 5
WANTED = (EnrolmentState.CONFIRMED, EnrolmentState.HELD, EnrolmentState.OFFERED, EnrolmentState.WAITING)
"""States of an enrolment that still means something."""


@dataclass(frozen=True)
class Overview:
    """What the services told; None where one is away."""

    person: Person | None
    memberships: list[Membership] | None
    invoices: list[Invoice] | None
    enrolments: list[Enrolment] | None
    messages: list[Message] | None

    @property
    def missing(self) -> list[str]:
        """What is not shown because a service is away, in words."""
        parts = (
            (self.person, _("your details")),
            (self.memberships, _("your memberships")),
            (self.invoices, _("your invoices")),
            (self.enrolments, _("your enrolments")),
            (self.messages, _("your messages")),
        )
        return [name for part, name in parts if part is None]


@dataclass(frozen=True)
class Step:
    """Something to do next: `post` makes `label` a button that acts at `url`, else it leads there."""

    text: str
    label: str
    url: str
    kind: str = "warn"
    post: bool = False


@pages.get("/my", may=Rule.SIGNED_IN)
def overview() -> ResponseReturnValue:
    """Everything of one's own at a glance; accounts of no person are told so."""
    if g.principal.person_id is None:
        return _nobodys_page()
    found = _ask()
    return render_template(
        "my/overview.html",
        found=found,
        standings=[standing.of_membership(each) for each in found.memberships or []],
        steps=list(steps(found)),
        agenda=[agenda_item(each) for each in coming(found.enrolments or [])],
    )


def _nobodys_page() -> str:
    return render_template(
        "layout/message.html",
        title=_("This account belongs to no member"),
        text=_("My pages show a person's own memberships, invoices and enrolments. This account is for work only."),
        actions=[{"label": _("To the office"), "url": "/office"}],
    )


def _ask() -> Overview:
    """All services at once, so that the page takes as long as the slowest of them."""
    me = own_id()
    calls: list[Any] = [
        partial(contacts.get_person, ById(id=me)),
        lambda: membership.list_memberships(ListMemberships(person_id=me, limit=ALL)).data,
        lambda: commerce.list_invoices(ListInvoices(customer_id=me, state=InvoiceState.OPEN, limit=ALL)).data,
        lambda: courses.list_enrolments(ListEnrolments(person_id=me, limit=ALL)).data,
        lambda: notify.list_messages(ListMessages(person_id=me, limit=LATEST)).data,
    ]
    return Overview(*side_by_side(*(partial(or_nothing, call) for call in calls)))


def coming(enrolments: list[Enrolment]) -> list[Enrolment]:
    """Those that still mean something and are not over, by their start."""
    now = clock.now()
    ahead = [
        each for each in enrolments if each.state in WANTED and each.session_ends_at and each.session_ends_at > now
    ]
    return sorted(ahead, key=lambda each: each.session_starts_at or now)


def agenda_item(found: Enrolment) -> dict[str, Any]:
    """An enrolment as `page.agenda` shows it."""
    place = ", ".join(part for part in (found.session_place, found.session_city) if part)
    return {
        "at": found.session_starts_at,
        "title": session_name(found),
        "url": f"/my/enrolments/{found.id}",
        "text": " · ".join(part for part in (date_time(found.session_starts_at), place) if part),
        "state": standing.of_enrolment(found),
    }


def session_name(found: Enrolment) -> str:
    """What the enrolment is to, in the visitor's language."""
    return found.session_name.in_language(language()) if found.session_name else _("Course")


def steps(found: Overview) -> Iterator[Step]:
    """What to do next, the most urgent first."""
    for enrolment in coming(found.enrolments or []):
        if enrolment.state is EnrolmentState.OFFERED:
            yield _offer_step(enrolment)
    for enrolment in coming(found.enrolments or []):
        if enrolment.state is EnrolmentState.HELD and enrolment.expires_at and enrolment.order_id:
            yield _held_step(enrolment)
    for invoice in sorted(found.invoices or [], key=lambda each: each.due_on):
        yield _invoice_step(invoice)


def _offer_step(found: Enrolment) -> Step:
    values = {"course": session_name(found), "time": date_time(found.expires_at)}
    text = _("A seat became free: %(course)s. It is yours if you take it by %(time)s.", **values)
    return Step(text, _("Take the seat"), f"/my/enrolments/{found.id}/take", post=True)


def _held_step(found: Enrolment) -> Step:
    values = {"course": session_name(found), "time": date_time(found.expires_at)}
    text = _("Your seat is kept until %(time)s: %(course)s. Pay to make it sure.", **values)
    label = _("Pay %(sum)s", sum=money(found.price)) if found.price else _("Pay")
    return Step(text, label, f"/my/enrolments/{found.id}/pay", post=True)


def _invoice_step(found: Invoice) -> Step:
    values = {"number": found.number, "sum": money(found.open_amount), "day": local_date(found.due_on)}
    if found.overdue:
        text, kind = _("Invoice %(number)s of %(sum)s was due on %(day)s.", **values), "bad"
    else:
        text, kind = _("Invoice %(number)s of %(sum)s is to be paid by %(day)s.", **values), "warn"
    return Step(text, _("Pay the invoice"), f"/my/invoices/{found.id}", kind)
