"""What can become of a message that a worker claimed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.notify import Channel, MessageState
from services.notify.rules.retries import next_wait


@dataclass(frozen=True)
class Attempt:
    """A claim: the message, which try it is (from 1), and when it began."""

    message_id: UUID
    number: int
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """What is stored after an attempt. `counted` 0 takes the attempt back."""

    id: UUID
    attempt: int
    state: MessageState
    next_at: datetime
    counted: int = 1
    error: str = ""
    subject: str = ""
    body: str = ""
    address: str = ""
    provider_id: str | None = None
    sent_at: datetime | None = None
    suppress_on: Channel | None = None
    """Set when the server says that the address itself is wrong: it is not used again on this channel."""


def sent(attempt: Attempt, *, subject: str, body: str, address: str, provider_id: str = "") -> Outcome:
    """Handed over."""
    return Outcome(
        attempt.message_id,
        attempt.number,
        MessageState.DELIVERED,
        attempt.at,
        subject=subject,
        body=body,
        address=address,
        provider_id=provider_id or None,
        sent_at=attempt.at,
    )


def given_up(attempt: Attempt, error: str, *, address: str = "", suppress_on: Channel | None = None) -> Outcome:
    """Not tried again: permanent failure."""
    return Outcome(
        attempt.message_id,
        attempt.number,
        MessageState.PERMANENT_FAILURE,
        attempt.at,
        error=error,
        address=address,
        suppress_on=suppress_on,
    )


def left_out(attempt: Attempt, reason: str) -> Outcome:
    """Not sent because the receiver must not be written to, or must not be told this any more."""
    return Outcome(attempt.message_id, attempt.number, MessageState.SUPPRESSED, attempt.at, error=reason)


def put_off(attempt: Attempt, error: str) -> Outcome:
    """Tried again by schedule, or given up after the last wait."""
    wait = next_wait(attempt.number)
    if wait is None:
        return given_up(attempt, error)
    state = MessageState.TEMPORARY_FAILURE
    return Outcome(attempt.message_id, attempt.number, state, attempt.at + wait, error=error)


def put_back(attempt: Attempt, reason: str) -> Outcome:
    """Not tried at all, because a part of the suite is away or time ran out: soon again, nothing counted."""
    soon = attempt.at + timedelta(seconds=2)
    return Outcome(attempt.message_id, attempt.number, MessageState.CREATED, soon, counted=0, error=reason)
