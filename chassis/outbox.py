"""Recording events: in the transaction of the change they tell of. The relay publishes them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from chassis import clock, tables
from chassis.call import CURRENT
from chassis.ids import new_id
from contracts.base import Event


def record(session: Session, event: Event, *, version: int | None = None) -> UUID:
    """Store `event` in the outbox; `version` is the subject's version after the change, if it has one.

    Returns the event's id.
    """
    envelope = envelope_of(event, version)
    session.execute(
        insert(tables.outbox).values(
            event_id=envelope["id"], type=event.type, subject=envelope["subject"], envelope=envelope
        )
    )
    return UUID(envelope["id"])


def record_all(session: Session, events: Iterable[Event]) -> None:
    """Store many events with one statement."""
    rows = [
        {"event_id": envelope["id"], "type": envelope["type"], "subject": envelope["subject"], "envelope": envelope}
        for envelope in (envelope_of(event, None) for event in events)
    ]
    if rows:
        session.execute(insert(tables.outbox), rows)


def envelope_of(event: Event, version: int | None = None) -> dict[str, Any]:
    """The event in its CloudEvents-compatible envelope."""
    call = CURRENT.get()
    trace = call.trace if call else None
    event_id = str(new_id())
    return {
        "specversion": "1.0",
        "id": event_id,
        "type": event.type,
        "source": event.source,
        "subject": str(getattr(event, event.subject_id)),
        "subject_version": version,
        "time": clock.now().isoformat(),
        "correlation_id": (trace.correlation_id if trace else "") or event_id,
        "causation_id": trace.causation_id if trace else "",
        "datacontenttype": "application/json",
        "data": event.model_dump(mode="json"),
    }
