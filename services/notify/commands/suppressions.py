"""Addresses that are never used again (N8)."""

import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Gone, NotFound
from contracts.notify import Channel, Suppress
from services.notify.models import Message, Suppression


def normal(channel: Channel, address: str) -> str:
    """The form in which addresses are compared."""
    return address.strip().lower() if channel is Channel.EMAIL else address.replace(" ", "")


def suppress(session: Session, request: Suppress, now: datetime) -> Suppression:
    """Never use the address again; asking twice is fine."""
    address = normal(request.channel, request.address)
    session.execute(
        insert(Suppression)
        .values(id=new_id(), channel=request.channel, address=address, reason=request.reason, created_at=now)
        .on_conflict_do_nothing()
    )
    return session.scalars(
        select(Suppression).where(Suppression.channel == request.channel, Suppression.address == address)
    ).one()


def unsubscribe_token(message_id: UUID) -> str:
    """The token of a message's list-unsubscribe link; only we can make it."""
    signature = hmac.new(
        settings().talkoo_secret.get_secret_value().encode(), f"unsubscribe:{message_id}".encode(), sha256
    )
    return f"{message_id.hex}.{signature.hexdigest()[:40]}"


def unsubscribe(session: Session, token: str, now: datetime) -> None:
    """Suppress the address a message went to; raises Gone for a token that is not ours."""
    head = token.partition(".")[0]
    message_id = UUID(hex=head) if len(head) == 32 and all(c in "0123456789abcdef" for c in head) else None
    if message_id is None or not hmac.compare_digest(token, unsubscribe_token(message_id)):
        raise Gone("This link is not one of ours.", code="bad_link")
    message = session.get(Message, message_id)
    if message is None or not message.address:
        raise NotFound("The message of this link is no longer known.")
    suppress(session, Suppress(channel=message.channel, address=message.address, reason="unsubscribed"), now)
