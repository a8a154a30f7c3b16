"""Addresses that are not used again (N8).

`unsubscribed` holds for marketing alone: who leaves a newsletter still gets invoices and tickets. Every other reason
(a bounce, a complaint, the office's wish) holds for all messages.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Gone, Invalid, NotFound
from contracts.notify import Channel, Suppress
from services.notify.models import Message, Suppression

UNSUBSCRIBED, BOUNCED = "unsubscribed", "bounced"
TOKEN = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{40}")


def normal(channel: Channel, address: str) -> str:
    """The form in which addresses are compared: e-mail in lower case, numbers without spaces and signs but `+`."""
    return address.strip().lower() if channel is Channel.EMAIL else re.sub(r"[^0-9+]", "", address)


def suppress(session: Session, request: Suppress, now: datetime) -> Suppression:
    """Never use the address again; asking twice is fine. Raises Invalid for what is no address."""
    if not normal(request.channel, request.address):
        raise Invalid.field("/address", "no_address", "This is no address of the channel.")
    return add(session, request.channel, request.address, request.reason, now)


def add(session: Session, channel: Channel, address: str, reason: str, now: datetime) -> Suppression:
    """Suppress an address; a reason that holds for all messages replaces `unsubscribed`, not the other way round."""
    compared = normal(channel, address)
    statement = insert(Suppression).values(
        id=new_id(), channel=channel, address=compared, reason=reason, created_at=now
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "address"],
            set_={"reason": statement.excluded.reason},
            where=Suppression.reason == UNSUBSCRIBED,
        )
    )
    return session.scalars(
        select(Suppression).where(Suppression.channel == channel, Suppression.address == compared)
    ).one()


def lift(session: Session, suppression_id: UUID) -> None:
    """Let the address be used again; raises NotFound."""
    gone = session.execute(
        delete(Suppression).where(Suppression.id == suppression_id).returning(Suppression.id)
    ).first()
    if gone is None:
        raise NotFound(f"There is no suppressed address {suppression_id}.", id=suppression_id)


def unsubscribe_token(message_id: UUID) -> str:
    """The token of a message's list-unsubscribe link; only we can make it."""
    secret = settings().talkoo_secret.get_secret_value()
    if not secret:
        raise RuntimeError("TALKOO_SECRET is not set")
    signature = hmac.new(secret.encode(), b"unsubscribe:" + message_id.bytes, sha256)
    return f"{message_id.hex}.{signature.hexdigest()[:40]}"


def unsubscribe(session: Session, token: str, now: datetime) -> None:
    """Take the address a message went to off marketing; raises Gone for a token that is not ours."""
    form = TOKEN.fullmatch(token)
    message_id = UUID(hex=form.group(1)) if form else None
    if message_id is None or not hmac.compare_digest(token, unsubscribe_token(message_id)):
        raise Gone("This link is not one of ours.", code="bad_link")
    message = session.get(Message, message_id)
    if message is None or not message.address:
        raise NotFound("The message of this link is no longer known.")
    add(session, message.channel, message.address, UNSUBSCRIBED, now)
