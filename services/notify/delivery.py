"""Sending what is due: claim, collect facts, render, hand over, record.

A message is claimed in one transaction and its outcome recorded in another; between them nothing is locked. A
worker killed in between leaves the claim's lease to run out: the message is sent again under the same Message-ID.
That is the only way one can arrive twice.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import crash
from chassis.database import Database
from chassis.logs import log
from chassis.rpc import client
from chassis.settings import settings
from contracts.base import ByIds, Nothing
from contracts.commerce import CommerceApi
from contracts.contacts import ContactsApi, Recipient
from contracts.errors import ServiceError
from contracts.notify import Channel, MailingState, MessageState
from services.notify import codes
from services.notify.commands import messages
from services.notify.commands.suppressions import normal, unsubscribe_token
from services.notify.config import notify_settings
from services.notify.facts import COLLECTORS, Facts
from services.notify.models import Mailing, Suppression
from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown, PermanentFailure, TemporaryFailure
from services.notify.providers.mime import BadAddress, Mailbox, MailContent, UnsafeHeader, build
from services.notify.providers.smtp import SmtpSender, SmtpServer
from services.notify.rules.rendering import Rendered, fill, render
from services.notify.rules.texts import words

BATCH = 200
THREADS = 8
contacts = client(ContactsApi)
commerce = client(CommerceApi)
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deliver")


@lru_cache
def smtp() -> SmtpSender:
    """The mail server's kept connections."""
    return SmtpSender(SmtpServer.from_url(notify_settings().smtp_url), size=THREADS)


def seller_name() -> str:
    """The association's name, from the settings of commerce."""
    return commerce.get_seller(Nothing()).name


@dataclass(frozen=True)
class Batch:
    """What one round of sending needs to know."""

    receivers: dict[UUID, Recipient]
    suppressed: set[tuple[Channel, str]]
    mailings: dict[UUID, Any]
    seller: str
    now: datetime


def deliver_due(database: Database, transaction: Any, now: datetime) -> int:
    """Send one batch of due messages; how many were claimed."""
    with transaction() as session:
        claimed = messages.claim(session, now, BATCH)
    if not claimed:
        return 0
    crash.point("notify.claimed")
    try:
        batch = _batch(database, claimed, now)
    except ServiceError as error:
        with transaction() as session:
            messages.record_outcomes(
                session, [messages.put_back(each.id, each.attempts, now, error.error_code) for each in claimed]
            )
        raise
    tasks = [_pool.submit(copy_context().run, partial(_deliver, message, batch)) for message in claimed]
    outcomes = [task.result() for task in tasks]
    crash.point("notify.sent")
    with transaction() as session:
        messages.record_outcomes(session, outcomes)
    return len(claimed)


def _batch(database: Database, claimed: Sequence[Any], now: datetime) -> Batch:
    person_ids = sorted({each.person_id for each in claimed if each.person_id})
    receivers = {each.id: each for each in contacts.get_recipients(ByIds(ids=person_ids)).data}
    addresses = [normal(Channel.EMAIL, each.email) for each in receivers.values() if each.email]
    addresses += [normal(Channel.SMS, each.phone) for each in receivers.values() if each.phone]
    mailing_ids = {each.mailing_id for each in claimed if each.mailing_id}
    with Session(database.read) as session:
        suppressed = session.execute(
            select(Suppression.channel, Suppression.address).where(Suppression.address.in_(addresses))
        )
        mailings = session.execute(select(Mailing.__table__).where(Mailing.id.in_(mailing_ids)))
        return Batch(
            receivers,
            {(row.channel, row.address) for row in suppressed},
            {row.id: row for row in mailings},
            seller_name(),
            now,
        )


def _deliver(message: Any, batch: Batch) -> dict[str, Any]:
    """Send one message; its outcome."""
    try:
        return _send(message, batch)
    except ServiceError as error:
        return messages.put_back(message.id, message.attempts, batch.now, error.error_code)
    except TemporaryFailure as error:
        return messages.put_off(message.id, message.attempts, batch.now, f"{type(error).__name__} {error.code}")
    except OutcomeUnknown as error:
        return messages.put_off(message.id, message.attempts, batch.now, f"OutcomeUnknown {error.code}")
    except (DeliveryFailure, BadAddress, UnsafeHeader) as error:
        reason = f"{type(error).__name__} {getattr(error, 'code', '')}"
        return messages.given_up(message.id, batch.now, MessageState.PERMANENT_FAILURE, reason)
    except Exception as error:
        log.error("message_not_sent", message_id=str(message.id), template=message.template, exc_info=error)
        return messages.put_off(message.id, message.attempts, batch.now, type(error).__name__)


def _send(message: Any, batch: Batch) -> dict[str, Any]:
    receiver = batch.receivers.get(message.person_id)
    address = _address(message, receiver)
    if receiver is None or not address:
        raise PermanentFailure("no address")
    if (message.channel, normal(message.channel, address)) in batch.suppressed or _banned(message, receiver, batch):
        return messages.given_up(message.id, batch.now, MessageState.SUPPRESSED, "suppressed")
    if message.template == "mailing":
        return _send_mailing(message, receiver, address, batch)
    facts = COLLECTORS[message.template](message, receiver)
    if message.channel is Channel.SMS:
        return _send_sms(message, receiver, address, facts, batch)
    rendered = render_template(message.template, receiver, facts, batch.seller)
    _mail(message, receiver, address, rendered, batch, facts)
    return messages.sent(message.id, batch.now, subject=rendered.subject, body=rendered.text, address=address)


def _address(message: Any, receiver: Recipient | None) -> str:
    if receiver is None:
        return ""
    return (receiver.email if message.channel is Channel.EMAIL else receiver.phone) or ""


def _banned(message: Any, receiver: Recipient, batch: Batch) -> bool:
    """Marketing respects bans; what the suite owes a person (invoices, tickets) does not."""
    mailing = batch.mailings.get(message.mailing_id)
    return bool(mailing is not None and mailing.marketing and receiver.email_banned)


def _send_mailing(message: Any, receiver: Recipient, address: str, batch: Batch) -> dict[str, Any]:
    mailing = batch.mailings[message.mailing_id]
    if mailing.state is MailingState.PAUSED:
        return messages.put_back(message.id, message.attempts, batch.now, "paused")
    if mailing.state is MailingState.CANCELLED:
        return messages.given_up(message.id, batch.now, MessageState.SUPPRESSED, "cancelled")
    rendered = render_mailing(mailing.subject, mailing.body, receiver, batch.seller)
    _mail(message, receiver, address, rendered, batch, Facts({}), unsubscribe=mailing.marketing)
    return messages.sent(message.id, batch.now, subject=rendered.subject, body="", address=address)


def _send_sms(message: Any, receiver: Recipient, address: str, facts: Facts, batch: Batch) -> dict[str, Any]:
    text = fill(words(message.template, receiver.language).body, facts.values)
    callback = f"{settings().talkoo_base_url}/api/v1/messages/providers/twilio/status"
    taken = codes.sms().send(address, text, callback)
    return messages.sent(message.id, batch.now, subject="", body=text, address=address, provider_id=taken.sid)


def render_template(template: str, receiver: Recipient, facts: Facts, seller: str) -> Rendered:
    """A message of the suite in the receiver's language."""
    chosen = words(template, receiver.language)
    values = {"given_name": receiver.given_name or receiver.name, "seller": seller, **facts.values}
    return render(chosen.subject, chosen.body, values, language=receiver.language, footer=seller)


def render_mailing(subject: str, body: str, receiver: Recipient, seller: str) -> Rendered:
    """A mailing as this person gets it."""
    given = receiver.given_name or receiver.name
    values = {
        "given_name": given,
        "family_name": receiver.name.removeprefix(given).strip(),
        "name": receiver.name,
        "seller": seller,
    }
    return render(subject, body, values, language=receiver.language, footer=seller)


def _mail(
    message: Any,
    receiver: Recipient,
    address: str,
    rendered: Rendered,
    batch: Batch,
    facts: Facts,
    *,
    unsubscribe: bool = False,
) -> None:
    sender = notify_settings().mail_from
    content = MailContent(
        message_id=f"<{message.id}@{sender.partition('@')[2]}>",
        sender=Mailbox(sender, batch.seller),
        to=Mailbox(address, receiver.name),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=message.created_at,
        return_path=sender,
        unsubscribe_url=_unsubscribe_url(message.id) if unsubscribe else "",
        auto_submitted=not unsubscribe,
        attachments=tuple(facts.attachments),
    )
    smtp().send(build(content))


def _unsubscribe_url(message_id: UUID) -> str:
    return f"{settings().talkoo_base_url}/unsubscribe/{unsubscribe_token(message_id)}"
