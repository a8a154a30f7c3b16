"""Sending what is due: claim, ask who the receivers are, hand over, record.

Messages are claimed in one transaction and outcomes recorded in others; between them nothing is locked. A worker
killed between handing over and recording (at most `RECORD_EVERY`) leaves the claim's lease to run out; the message is
then sent again under the same Message-ID. That is the only way one can arrive twice (R10).
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock, crash
from chassis.database import is_away
from chassis.logs import log
from chassis.worker import Worker
from contracts.contacts.recipients import Recipient
from contracts.errors import ServiceError, Unavailable
from contracts.notify import Channel
from services.notify import codes, composition
from services.notify.commands import deliveries
from services.notify.commands.suppressions import BOUNCED, UNSUBSCRIBED, lift_confirmed, normal
from services.notify.config import notify_settings
from services.notify.facts import COLLECTORS, Outdated, details_link, survey_link
from services.notify.models import Mailing, Suppression
from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown, TemporaryFailure
from services.notify.providers.headers import UnsafeHeader
from services.notify.providers.mime import BadAddress, build
from services.notify.providers.smtp import SmtpSender, SmtpServer
from services.notify.receivers import receivers_of
from services.notify.rules import outcomes
from services.notify.rules.outcomes import Attempt, Outcome
from services.notify.rules.retries import LEASE, SENDING_TIME

BATCH = 400
THREADS = 8
RECORD_EVERY = 0.1
"""Seconds between recordings while a batch is being sent."""
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="deliver")


@lru_cache
def smtp() -> SmtpSender:
    """The mail server's kept connections."""
    return SmtpSender(SmtpServer.from_url(notify_settings().smtp_url), size=THREADS)


@dataclass(frozen=True)
class Batch:
    """What sending the messages of one claim needs to know. `until` is a monotonic time."""

    receivers: dict[UUID, Recipient]
    suppressed: dict[tuple[Channel, str], Any]
    mailings: dict[UUID, Any]
    seller: str
    until: float


def deliver_due(worker: Worker) -> bool:
    """Send one batch of due messages; True when more may wait."""
    until = time.monotonic() + SENDING_TIME.total_seconds()
    with worker.transaction() as session:
        claimed = deliveries.claim(session, worker.now(), BATCH)
    if not claimed:
        return False
    crash.point("notify.claimed")
    try:
        batch = _batch(worker, claimed, until)
    except ServiceError as error:
        _record(worker, [outcomes.put_back(_attempt(each), error.error_code) for each in claimed])
        raise
    for found in _sent(claimed, batch):
        crash.point("notify.sent")
        _record(worker, found)
    return len(claimed) == BATCH


def _batch(worker: Worker, claimed: Sequence[Row[Any]], until: float) -> Batch:
    receivers = receivers_of(claimed)
    seller = composition.seller_name()
    confirmed = _confirmed(receivers.values())
    if confirmed:
        with worker.transaction() as session:
            lift_confirmed(session, confirmed)
    with worker.database.reader() as connection:
        suppressed = _suppressed(connection, receivers.values())
        mailing_ids = {each.mailing_id for each in claimed if each.mailing_id}
        mailings = connection.execute(select(Mailing.__table__).where(Mailing.id.in_(mailing_ids)))
        return Batch(receivers, suppressed, {row.id: row for row in mailings}, seller, until)


def _confirmed(receivers: Iterable[Recipient]) -> dict[tuple[Channel, str], datetime]:
    """The receivers' addresses that somebody has confirmed, with the times."""
    found: dict[tuple[Channel, str], datetime] = {}
    for each in receivers:
        for channel, address, at in (
            (Channel.EMAIL, each.email, each.email_confirmed_at), (Channel.SMS, each.phone, each.phone_confirmed_at)
        ):  # fmt: skip
            if address and at:
                found[channel, normal(channel, address)] = at
    return found


def _suppressed(connection: Connection, receivers: Any) -> dict[tuple[Channel, str], Any]:
    """Those of the receivers' addresses that are suppressed."""
    addresses = [normal(Channel.EMAIL, each.email) for each in receivers if each.email]
    addresses += [normal(Channel.SMS, each.phone) for each in receivers if each.phone]
    rows = connection.execute(
        select(Suppression.channel, Suppression.address, Suppression.reason).where(Suppression.address.in_(addresses))
    )
    return {(row.channel, row.address): row for row in rows}


def _sent(claimed: Sequence[Row[Any]], batch: Batch) -> Iterator[list[Outcome]]:
    """Send in several threads; the outcomes as they come, some times a second."""
    waiting: set[Future[Outcome]] = {_pool.submit(copy_context().run, _deliver, each, batch) for each in claimed}
    while waiting:
        done, waiting = wait(waiting, timeout=RECORD_EVERY)
        if done:
            yield [each.result() for each in done]


def _record(worker: Worker, found: list[Outcome]) -> None:
    """Store outcomes, waiting for a database that is away: what was sent must not be sent again."""
    give_up_at = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            with worker.transaction() as session:
                deliveries.record(session, found, worker.now())
        except SQLAlchemyError as error:
            if not is_away(error) or time.monotonic() > give_up_at:
                raise
            log.warning("outcomes_wait", count=len(found))
            time.sleep(0.5)
        else:
            return


def _attempt(message: Any) -> Attempt:
    return Attempt(message.id, message.attempts, clock.now())


def _deliver(message: Any, batch: Batch) -> Outcome:
    """Send one message; its outcome."""
    attempt = _attempt(message)
    if time.monotonic() > batch.until:
        return outcomes.put_back(attempt, "no time")
    receiver = batch.receivers.get(message.person_id or message.account_id)
    address = _address(message, receiver)
    if receiver is None or not address:
        return outcomes.given_up(attempt, "no address")
    if reason := _barred(message, receiver, address, batch):
        return outcomes.left_out(attempt, reason)
    try:
        return _send(message, attempt, receiver, address, batch)
    except Outdated:
        return outcomes.left_out(attempt, "outdated")
    except Unavailable as error:
        return outcomes.put_back(attempt, error.error_code)
    except ServiceError as error:
        return outcomes.put_off(attempt, error.error_code)
    except DeliveryFailure as failure:
        return _failed(message, attempt, address, failure)
    except (BadAddress, UnsafeHeader) as error:
        return outcomes.given_up(attempt, type(error).__name__)
    except Exception as error:
        log.error("message_not_sent", message_id=str(message.id), template=message.template, exc_info=error)
        return outcomes.put_off(attempt, type(error).__name__)


def _failed(message: Any, attempt: Attempt, address: str, failure: DeliveryFailure) -> Outcome:
    """A mail whose answer was lost goes again under its Message-ID; an SMS has none and does not."""
    reason = f"{type(failure).__name__} {failure.code}"
    repeatable = isinstance(failure, OutcomeUnknown) and message.channel is Channel.EMAIL
    if repeatable or isinstance(failure, TemporaryFailure):
        return outcomes.put_off(attempt, reason)
    bad = message.channel if failure.of_recipient else None
    return outcomes.given_up(attempt, reason, address=address, suppress_on=bad)


def _address(message: Any, receiver: Recipient | None) -> str:
    if receiver is None:
        return ""
    return (receiver.email if message.channel is Channel.EMAIL else receiver.phone) or ""


def _barred(message: Any, receiver: Recipient, address: str, batch: Batch) -> str:
    """Why the receiver must not be written to, or empty. Bans and unsubscriptions hold for marketing alone,
    what the register knows to bounce for all mailings.
    """
    mailing = batch.mailings.get(message.mailing_id)
    marketing = mailing is not None and mailing.marketing
    if marketing and receiver.email_banned:
        return "banned"
    if mailing is not None and receiver.email_failed:
        return BOUNCED
    found = batch.suppressed.get((message.channel, normal(message.channel, address)))
    if found is not None and found.reason != UNSUBSCRIBED:
        return str(found.reason)
    return UNSUBSCRIBED if found is not None and marketing else ""


def _send(message: Any, attempt: Attempt, receiver: Recipient, address: str, batch: Batch) -> Outcome:
    if message.mailing_id is not None:
        return _send_mailing(message, attempt, receiver, address, batch)
    facts = COLLECTORS[message.template](message, receiver)
    if message.channel is Channel.SMS:
        text = composition.sms_text(message.template, receiver, facts)
        taken = codes.sms().send(address, text, codes.status_url(message.id))
        kept = composition.kept_text(text, facts)
        return outcomes.sent(attempt, subject="", body=kept, address=address, provider_id=taken.sid)
    rendered = composition.suite_message(message.template, receiver, facts, batch.seller)
    content = composition.mail(message.id, message.created_at, address, receiver, rendered, batch.seller)
    smtp().send(build(replace(content, attachments=tuple(facts.attachments))))
    kept = composition.kept_text(rendered.text, facts)
    return outcomes.sent(attempt, subject=rendered.subject, body=kept, address=address)


def _send_mailing(message: Any, attempt: Attempt, receiver: Recipient, address: str, batch: Batch) -> Outcome:
    mailing = batch.mailings[message.mailing_id]
    link = _link_of(message, mailing)
    rendered = composition.mailing_message(mailing, receiver, batch.seller, message.id, link)
    content = composition.mail(message.id, message.created_at, address, receiver, rendered, batch.seller)
    leave = composition.unsubscribe_url(message.id) if mailing.marketing else ""
    smtp().send(build(replace(content, unsubscribe_url=leave, auto_submitted=False)))
    return outcomes.sent(attempt, subject=rendered.subject, body="", address=address)


def _link_of(message: Any, mailing: Any) -> str:
    """The receiver's own link to what the mailing asks for, if it asks."""
    if mailing.survey_id:
        return survey_link(message, mailing.survey_id)
    return details_link(message, mailing.id) if mailing.check_details else ""
