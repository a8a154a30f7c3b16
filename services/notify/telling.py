"""What notify tells of messages that have left, for the read models of other services."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.telling import Told
from contracts.notify import MessageFact, MessagesSent
from services.notify.models import Message

FACTS = (
    select(
        Message.id,
        func.coalesce(Message.merged_person_id, Message.person_id).label("person_id"),
        Message.channel,
        Message.template,
        Message.mailing_id,
        Message.sent_at,
        Message.state,
    )
    .where(Message.sent_at.is_not(None), Message.person_id.is_not(None))
    .order_by(Message.id)
)


def messages_sent(session: Session, ids: Sequence[UUID], number: int) -> MessagesSent:
    """What became of those of the messages that went to a person."""
    rows = session.execute(FACTS.where(Message.id.in_(ids)))
    return MessagesSent(number=number, messages=[MessageFact.model_validate(row._asdict()) for row in rows])


TOLD = (Told("message", Message, messages_sent),)
