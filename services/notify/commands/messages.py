"""Queueing messages and recording what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_nothing
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.ids import new_id
from contracts.notify import Channel, MessageState
from services.notify.models import Message
from services.notify.rules.retries import LEASE, next_wait

DELIVER = "deliver_messages"
OPEN = (MessageState.CREATED, MessageState.SENDING, MessageState.TEMPORARY_FAILURE)


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
) -> None:
    """Queue one message; nothing happens when one with the same key (default: template and object) is there."""
    session.execute(
        insert_or_nothing(Message)
        .values(
            id=new_id(),
            key=key or f"{template}:{about_id}",
            channel=channel,
            template=template,
            person_id=person_id,
            about_id=about_id,
            facts=facts or {},
            state=MessageState.CREATED,
            next_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["key"])
    )
    jobs.wake(session, DELIVER)


def queue_mailing(session: Session, mailing_id: UUID, person_ids: Sequence[UUID], now: datetime) -> int:
    """Queue a mailing's message for each person who has none of it yet; how many were new."""
    if not person_ids:
        return 0
    rows = [
        {
            "id": new_id(),
            "key": f"mailing:{mailing_id}:{person_id}",
            "channel": Channel.EMAIL,
            "template": "mailing",
            "person_id": person_id,
            "about_id": mailing_id,
            "mailing_id": mailing_id,
            "state": MessageState.CREATED,
            "next_at": now,
            "created_at": now,
        }
        for person_id in person_ids
    ]
    statement = insert_or_nothing(Message).on_conflict_do_nothing(index_elements=["key"]).returning(Message.id)
    queued = len(session.execute(statement, rows).all())
    jobs.wake(session, DELIVER)
    return queued


def claim(session: Session, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """Take up to `limit` due messages for sending; a crash returns them when the lease ends."""
    due = (
        select(Message.id)
        .where(Message.state.in_(OPEN), Message.next_at <= now)
        .order_by(Message.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.execute(
        update(Message)
        .where(Message.id.in_(due))
        .values(state=MessageState.SENDING, next_at=now + LEASE, attempts=Message.attempts + 1)
        .returning(*Message.__table__.c)
        .execution_options(synchronize_session=False)
    ).all()


def record_outcomes(session: Session, outcomes: list[dict[str, Any]]) -> None:
    """Store what became of claimed messages: dicts made by the functions below."""
    if not outcomes:
        return
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in outcomes[0] if name != "id"}
    statement = update(Message.__table__).where(Message.__table__.c.id == bindparam("message_id")).values(values)  # type: ignore[arg-type]
    rows = [
        {"message_id": each["id"], **{f"new_{name}": value for name, value in each.items() if name != "id"}}
        for each in outcomes
    ]
    session.connection().execute(statement, rows)


def sent(
    message_id: UUID, now: datetime, *, subject: str, body: str, address: str, provider_id: str = ""
) -> dict[str, Any]:
    """The outcome of a message that was handed over."""
    return _outcome(message_id, MessageState.DELIVERED, now, subject=subject, body=body, address=address) | {
        "sent_at": now,
        "provider_id": provider_id or None,
    }


def given_up(message_id: UUID, now: datetime, state: MessageState, error: str) -> dict[str, Any]:
    """The outcome of a message that is not tried again (permanent-failure or suppressed)."""
    return _outcome(message_id, state, now, error=error)


def put_off(message_id: UUID, attempts: int, now: datetime, error: str) -> dict[str, Any]:
    """The outcome of a message that shall be tried again, or is given up after the last wait."""
    wait = next_wait(attempts)
    if wait is None:
        return given_up(message_id, now, MessageState.PERMANENT_FAILURE, error)
    return _outcome(message_id, MessageState.TEMPORARY_FAILURE, now + wait, error=error)


def put_back(message_id: UUID, attempts: int, now: datetime, error: str) -> dict[str, Any]:
    """The outcome of a message whose facts were out of reach for a moment: soon again, nothing counted."""
    outcome = _outcome(message_id, MessageState.CREATED, now + timedelta(seconds=min(1 + attempts, 15)), error=error)
    return outcome | {"attempts": max(attempts - 1, 0)} if attempts < 200 else put_off(message_id, 99, now, error)


def _outcome(
    message_id: UUID,
    state: MessageState,
    next_at: datetime,
    *,
    error: str = "",
    subject: str = "",
    body: str = "",
    address: str = "",
) -> dict[str, Any]:
    return {
        "id": message_id,
        "state": state,
        "next_at": next_at,
        "error": error[:200],
        "subject": subject,
        "body": body,
        "address": address,
        "sent_at": None,
        "provider_id": None,
    }


def record_code(session: Session, message_id: UUID, now: datetime) -> bool:
    """Note that a one-time code is being sent, without its text; False when it was before."""
    taken = session.execute(
        insert_or_nothing(Message)
        .values(
            id=message_id,
            key=f"code:{message_id}",
            channel=Channel.SMS,
            template="code_sms",
            state=MessageState.DELIVERED,
            next_at=now,
            created_at=now,
            sent_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    ).first()
    return taken is not None


def fail_code(session: Session, message_id: UUID, error: str) -> None:
    """A code could not be sent."""
    session.execute(
        update(Message).where(Message.id == message_id).values(state=MessageState.PERMANENT_FAILURE, error=error[:200])
    )


def record_status(session: Session, provider_id: str, status: str, error: str) -> None:
    """A provider's report: only failures change what we know."""
    if status in {"failed", "undelivered"}:
        session.execute(
            update(Message)
            .where(Message.provider_id == provider_id)
            .values(state=MessageState.PERMANENT_FAILURE, error=error[:200] or status)
        )
