"""What a message of each template says: asked from the services that own it, when the message is about to leave.

Each function takes the message's row and the receiver and returns values for the placeholders and attachments.
They raise NotFound or Unavailable when the facts are not there yet; the message is then tried again soon. They raise
Outdated when it is too late to say this.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import files
from chassis.clock import zoned
from chassis.local_forms import day, moment, money, span
from chassis.rpc import client
from chassis.settings import settings
from contracts.access import LinkPurpose
from contracts.base import ById, ByIds
from contracts.commerce import CommerceApi
from contracts.contacts import ContactsApi
from contracts.contacts.recipients import Recipient
from contracts.contacts.tasks import Task, TaskState
from contracts.courses import CoursesApi, EnrolmentState, TimeAndPlace
from contracts.errors import Conflict, NotFound
from contracts.identity import IdentityApi, IssueLink
from contracts.membership import MembershipApi
from services.notify.providers.mime import Attachment

contacts = client(ContactsApi)
membership = client(MembershipApi)
courses = client(CoursesApi)
commerce = client(CommerceApi)
identity = client(IdentityApi)


@dataclass(frozen=True)
class Facts:
    """Values for the placeholders, and attachments."""

    values: dict[str, str]
    attachments: list[Attachment] = field(default_factory=list)


class Outdated(Exception):
    """What the message would say is not true any more: it is not sent."""


@dataclass(frozen=True)
class _About:
    """What a link needs to know of a message whose object is another than what the link opens."""

    id: UUID
    person_id: UUID | None
    about_id: UUID
    created_at: datetime


Collector = Callable[[Any, Recipient], Facts]
TRUE_IN = {
    "ticket": {EnrolmentState.CONFIRMED},
    "seat_held": {EnrolmentState.HELD},
    "seat_offered": {EnrolmentState.OFFERED},
    "seat_offered_sms": {EnrolmentState.OFFERED},
    "session_moved": {EnrolmentState.HELD, EnrolmentState.WAITING, EnrolmentState.OFFERED, EnrolmentState.CONFIRMED},
    "session_moved_ticket": {EnrolmentState.CONFIRMED},
    "hold_expired": {EnrolmentState.EXPIRED, EnrolmentState.CANCELLED},
}
"""States of an enrolment in which a message about it is still right; the other messages always are."""


def _link(message: Any, purpose: LinkPurpose, path: str, life: timedelta, *, single_use: bool = False) -> str:
    """A personal link for this message; the same message always carries the same one."""
    issued = identity.issue_link(
        IssueLink(
            id=message.id,
            purpose=purpose,
            person_id=message.person_id,
            object_id=message.about_id,
            expires_at=message.created_at.astimezone(UTC) + life,
            single_use=single_use,
        )
    )
    return f"{settings().talkoo_base_url}{path}/{issued.token}"


def survey_link(message: Any, survey_id: UUID) -> str:
    """The receiver's own link to a survey; it opens while the survey is there, a year at most."""
    about = _About(message.id, message.person_id, survey_id, message.created_at)
    return _link(about, LinkPurpose.ANSWER_SURVEY, "/survey", timedelta(days=365))


def details_link(message: Any, mailing_id: UUID) -> str:
    """The receiver's own link to the own details; it is used up by checking them."""
    about = _About(message.id, message.person_id, mailing_id, message.created_at)
    return _link(about, LinkPurpose.CHECK_DETAILS, "/details", timedelta(days=60))


def application_received(message: Any, receiver: Recipient) -> Facts:
    """Number, type and the link to follow it."""
    application = membership.get_application(ById(id=message.about_id))
    kind = membership.get_membership_type(ById(id=application.membership_type_id))
    return Facts(
        {
            "number": str(application.number),
            "type_name": kind.name.in_language(receiver.language),
            "link": _link(message, LinkPurpose.FOLLOW_APPLICATION, "/join/follow", timedelta(days=60)),
        }
    )


def application_rejected(message: Any, _receiver: Recipient) -> Facts:
    """Number and the reason that staff gave."""
    application = membership.get_application(ById(id=message.about_id))
    return Facts({"number": str(application.number), "reason": application.reason})


def invoice(message: Any, receiver: Recipient) -> Facts:
    """The invoice's figures, its PDF and a link to pay it."""
    facts = document(message, receiver)
    link = _link(message, LinkPurpose.PAY_INVOICE, "/pay", timedelta(days=120))
    return Facts(facts.values | {"link": link}, facts.attachments)


def document(message: Any, receiver: Recipient) -> Facts:
    """The figures of an invoice or credit note and its PDF."""
    found = commerce.get_invoice_file(ById(id=message.about_id))
    name = {"invoice": "invoice", "credit_note": "credit-note"}[found.kind.value]
    values = {
        "number": found.number,
        "amount": money(abs(found.gross), receiver.language),
        "due_on": day(found.due_on, receiver.language),
        "reference": found.reference,
    }
    pdf = Attachment(f"{name}-{found.number}.pdf", "application/pdf", files.load(found.file_key))
    return Facts(values, [pdf])


def welcome(message: Any, receiver: Recipient) -> Facts:
    """The membership's name and a link to set a password."""
    found = membership.get_membership(ById(id=message.about_id))
    link = _link(message, LinkPurpose.SET_PASSWORD, "/my/password", timedelta(days=14), single_use=True)
    return Facts({"type_name": found.type_name.in_language(receiver.language), "link": link})


def password_link(message: Any, _receiver: Recipient) -> Facts:
    """A short-lived link to set a password."""
    link = _link(message, LinkPurpose.SET_PASSWORD, "/my/password", timedelta(hours=2), single_use=True)
    return Facts({"link": link})


def session(message: Any, receiver: Recipient) -> Facts:
    """What an enrolment is for: course, time, place. Raises Outdated."""
    enrolment = courses.get_enrolment(ById(id=message.about_id))
    if enrolment.state not in TRUE_IN.get(message.template, EnrolmentState):
        raise Outdated(enrolment.state.value)
    starts_at, ends_at = enrolment.session_starts_at, enrolment.session_ends_at
    if enrolment.session_name is None or starts_at is None or ends_at is None:
        raise Conflict("The enrolment's session is not known yet.")
    values = {
        "course": enrolment.session_name.in_language(receiver.language),
        "when": span(zoned(starts_at), zoned(ends_at), receiver.language),
        "place": _place(enrolment.session_place, enrolment.session_city),
        "expires_at": moment(zoned(enrolment.expires_at), receiver.language) if enrolment.expires_at else "",
    }
    return Facts(values)


def ticket(message: Any, receiver: Recipient) -> Facts:
    """The session and the ticket's PDF."""
    return Facts(session(message, receiver).values, _ticket_pdf(message))


def _ticket_pdf(message: Any) -> list[Attachment]:
    found = courses.get_ticket(ById(id=message.about_id))
    return [Attachment("ticket.pdf", "application/pdf", files.load(found.file_key))]


def session_moved(message: Any, receiver: Recipient) -> Facts:
    """The session's time and place now and before. Raises Outdated, also when it was moved again meanwhile."""
    enrolment = courses.get_enrolment(ById(id=message.about_id))
    told = {name: TimeAndPlace.model_validate(message.facts[name]) for name in ("before", "after")}
    after = told["after"]
    if (enrolment.session_starts_at, enrolment.session_ends_at) != (after.starts_at, after.ends_at) or (
        enrolment.session_place, enrolment.session_city
    ) != (after.place, after.city):  # fmt: skip
        raise Outdated("moved again")
    before = told["before"]
    was = {
        "when_before": span(zoned(before.starts_at), zoned(before.ends_at), receiver.language),
        "place_before": _place(before.place, before.city),
    }
    return Facts(session(message, receiver).values | was)


def session_moved_ticket(message: Any, receiver: Recipient) -> Facts:
    """The same with the new ticket."""
    return Facts(session_moved(message, receiver).values, _ticket_pdf(message))


def _place(place: str, city: str) -> str:
    return ", ".join(part for part in (place, city) if part)


def offer(message: Any, receiver: Recipient) -> Facts:
    """The session and a link to take the offered seat, or to pay the one that is held."""
    values = session(message, receiver).values
    return Facts(values | {"link": _link(message, LinkPurpose.TAKE_OFFER, "/offer", timedelta(days=14))})


def refund(message: Any, receiver: Recipient) -> Facts:
    """How much was given back."""
    return Facts({"amount": money(Decimal(message.facts["amount"]), receiver.language)})


def task_reminder(message: Any, receiver: Recipient) -> Facts:
    """What is to be done, until when, about whom.

    Raises Outdated when it is done, moved or given to another, or when its receiver does not work here any more.
    """
    if not any(each.works_here for each in identity.get_colleagues(ByIds(ids=[message.account_id])).data):
        raise Outdated("left")
    try:
        task = contacts.get_task(ById(id=message.about_id))
    except NotFound:
        raise Outdated("deleted") from None
    chosen = task.remind_at is not None and task.remind_at == datetime.fromisoformat(message.facts["remind_at"])
    if task.state is TaskState.DONE or not chosen or task.assignee_id != message.account_id:
        raise Outdated(task.state.value)
    return Facts(
        {
            "title": task.title,
            "due": _due(task, receiver.language),
            "about": ", ".join(each.name for each in task.contacts) or "–",
            "link": f"{settings().talkoo_base_url}/office/tasks/{task.id}",
        }
    )


def _due(task: Task, language: str) -> str:
    if task.due_on is None:
        return "–"
    if task.due_time is None:
        return day(task.due_on, language)
    return moment(datetime.combine(task.due_on, task.due_time), language)


COLLECTORS: dict[str, Collector] = {
    "application_received": application_received,
    "application_rejected": application_rejected,
    "invoice": invoice,
    "receipt": document,
    "credit_note": document,
    "welcome": welcome,
    "password_link": password_link,
    "ticket": ticket,
    "session_moved": session_moved,
    "session_moved_ticket": session_moved_ticket,
    "seat_held": offer,
    "waitlisted": session,
    "seat_offered": offer,
    "seat_offered_sms": offer,
    "hold_expired": session,
    "offer_expired": session,
    "enrolment_cancelled": session,
    "enrolment_refunded": session,
    "refund": refund,
    "task_reminder": task_reminder,
}
