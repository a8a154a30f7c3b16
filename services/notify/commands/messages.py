"""Queueing messages; one-time codes; what a provider reports later."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert as insert_or_nothing
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.ids import new_id
from contracts.notify import Channel, MessageState
from services.notify.models import Message

DELIVER = "deliver_messages"
UNKNOWN = "OutcomeUnknown"
"""Begins the error of an SMS whose answer was lost: it is not sent again by itself."""

QUEUE_MAILING = text(
    """INSERT INTO messages (id, channel, template, person_id, about_id, mailing_id, state, next_at, created_at)
       SELECT id, 'email', 'mailing', person_id, :mailing_id, :mailing_id, 'created', :now, :now
       FROM unnest(CAST(:ids AS uuid[]), CAST(:person_ids AS uuid[])) AS receivers(id, person_id)
       ON CONFLICT (mailing_id, person_id) WHERE mailing_id IS NOT NULL AND merged_person_id IS NULL DO NOTHING"""
)
DROP_WAITING = text(
    """UPDATE messages SET state = 'suppressed', error = 'cancelled'
       WHERE mailing_id = :mailing_id AND (state IN ('created', 'temporary-failure')
                                           OR (state = 'sending' AND next_at <= :now))"""
)


def queue(
    session: Session,
    template: str,
    person_id: UUID | None,
    about_id: UUID,
    now: datetime,
    *,
    channel: Channel = Channel.EMAIL,
    key: str = "",
    facts: dict[str, Any] | None = None,
    account_id: UUID | None = None,
) -> None:
    """Queue one message; nothing happens when one with the same key (default: template and object) is there.

    It goes to the person, or to the office's account.
    """
    message = {
        "key": key or f"{template}:{about_id}",
        "channel": channel,
        "template": template,
        "person_id": person_id,
        "account_id": account_id,
        "about_id": about_id,
        "facts": facts or {},
    }
    queue_all(session, [message], now)


def queue_all(session: Session, messages: Sequence[dict[str, Any]], now: datetime) -> None:
    """Queue messages (key, template, person, object, facts) that are not there yet, with one statement."""
    fresh = {"channel": Channel.EMAIL, "state": MessageState.CREATED, "next_at": now, "created_at": now}
    rows = [{"id": new_id(), **fresh, **message} for message in messages]
    if rows:
        session.execute(insert_or_nothing(Message).values(rows).on_conflict_do_nothing(index_elements=["key"]))
        jobs.wake(session, DELIVER)


def queue_mailing(session: Session, mailing_id: UUID, person_ids: Sequence[UUID], now: datetime) -> None:
    """Queue a mailing's message for each person who has none of it yet."""
    values = {
        "mailing_id": mailing_id,
        "now": now,
        "ids": [str(new_id()) for _ in person_ids],
        "person_ids": [str(person_id) for person_id in person_ids],
    }
    session.execute(QUEUE_MAILING, values)
    jobs.wake(session, DELIVER)


def drop_waiting(session: Session, mailing_id: UUID, now: datetime) -> None:
    """Give up a cancelled mailing's messages that nobody is sending at this moment."""
    session.execute(DROP_WAITING, {"mailing_id": mailing_id, "now": now})


def record_code(session: Session, message_id: UUID, now: datetime) -> bool:
    """Note that a one-time code is being sent, without its text; False when it was before and did not fail."""
    statement = insert_or_nothing(Message).values(
        id=message_id,
        key=f"code:{message_id}",
        channel=Channel.SMS,
        template="code_sms",
        state=MessageState.DELIVERED,
        attempts=1,
        next_at=now,
        created_at=now,
        sent_at=now,
    )
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={"state": MessageState.DELIVERED, "error": "", "sent_at": now, "attempts": Message.attempts + 1},
            where=(Message.state == MessageState.PERMANENT_FAILURE) & ~Message.error.startswith(UNKNOWN),
        ).returning(Message.id)
    ).first()
    return taken is not None


def fail_code(session: Session, message_id: UUID, error: str) -> None:
    """A code could not be sent."""
    session.execute(
        update(Message)
        .where(Message.id == message_id)
        .values(state=MessageState.PERMANENT_FAILURE, error=error, sent_at=None)
    )


def record_status(session: Session, message_id: UUID, provider_id: str, status: str, error: str) -> None:
    """A provider's report. A failure is final; a success tells about a message whose answer was lost."""
    reported = update(Message).where(Message.id == message_id, Message.channel == Channel.SMS)
    if status in {"failed", "undelivered"}:
        session.execute(
            reported.values(state=MessageState.PERMANENT_FAILURE, error=error or status, provider_id=provider_id)
        )
    elif status in {"sent", "delivered"}:
        session.execute(
            reported.where(Message.state == MessageState.PERMANENT_FAILURE, Message.error.startswith(UNKNOWN)).values(
                state=MessageState.DELIVERED, error="", provider_id=provider_id
            )
        )
