"""Claiming messages that are due, and recording what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, select, text, update
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.bounces import MessageBounced
from contracts.notify import MailingState, MessageState
from services.notify.commands import suppressions
from services.notify.models import OPEN, Mailing, Message
from services.notify.rules.outcomes import Outcome
from services.notify.rules.retries import LEASE

CLAIMED = (
    Message.id,
    Message.channel,
    Message.template,
    Message.person_id,
    Message.account_id,
    Message.about_id,
    Message.facts,
    Message.mailing_id,
    Message.attempts,
    Message.created_at,
)

RECORD = text(
    """UPDATE messages AS m SET
           state = CASE WHEN m.state = 'sending' THEN o.state ELSE m.state END,
           error = CASE WHEN m.state = 'sending' THEN o.error ELSE m.error END,
           attempts = m.attempts - 1 + o.counted,
           next_at = o.next_at, sent_at = o.sent_at, provider_id = o.provider_id,
           subject = o.subject, body = o.body, address = o.address
       FROM jsonb_to_recordset(CAST(:outcomes AS jsonb)) AS o(
           id uuid, attempt int, state text, next_at timestamptz, counted int, error text, subject text, body text,
           address text, provider_id text, sent_at timestamptz)
       WHERE m.id = o.id AND m.attempts = o.attempt RETURNING m.id, m.person_id"""
)
"""A provider's report may have come before; its state then stays. An attempt that was taken over changes nothing."""


def claim(session: Session, now: datetime, limit: int) -> list[Row[Any]]:
    """Take up to `limit` due messages for sending; a crash returns them when the lease ends.

    What the suite owes a person (tickets, codes' links, invoices) goes before mailings. A paused mailing has no turn.
    """
    claimed = _claim(session, Message.mailing_id.is_(None), now, limit)
    if len(claimed) < limit:
        for mailing_id in _mailings_being_sent(session):
            claimed += _claim(session, Message.mailing_id == mailing_id, now, limit - len(claimed))
            if len(claimed) >= limit:
                break
    return claimed


def _mailings_being_sent(session: Session) -> Sequence[UUID]:
    return session.scalars(select(Mailing.id).where(Mailing.state == MailingState.SENDING).order_by(Mailing.id)).all()


def _claim(session: Session, lane: ColumnElement[bool], now: datetime, limit: int) -> list[Row[Any]]:
    due = (
        select(Message.id)
        .where(lane, Message.state.in_(OPEN), Message.next_at <= now)
        .order_by(Message.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return list(
        session.execute(
            update(Message)
            .where(Message.id == due.c.id)
            .values(state=MessageState.SENDING, next_at=now + LEASE, attempts=Message.attempts + 1)
            .returning(*CLAIMED)
            .execution_options(synchronize_session=False)
        ).all()
    )


def record(session: Session, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Store what became of claimed messages, in one statement, and the addresses that proved wrong."""
    recorded = {row.id: row.person_id for row in session.execute(RECORD, {"outcomes": orjson.dumps(outcomes).decode()})}
    for outcome in outcomes:
        if outcome.suppress_on:
            if person_id := recorded.get(outcome.id):
                outbox.record(session, MessageBounced(message_id=outcome.id, person_id=person_id, bounced_at=now))
            suppressions.add(session, outcome.suppress_on, outcome.address, suppressions.BOUNCED, now)
