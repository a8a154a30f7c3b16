"""Addresses that are not used again (N8).

`unsubscribed` holds for marketing alone: who leaves a newsletter still gets invoices and tickets. Every other reason
(a bounce, a complaint, the office's wish) holds for all messages.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, null, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.ids import new_id
from chassis.settings import settings
from contracts.errors import Gone, Invalid, NotFound
from contracts.notify import Channel, PersonResubscribed, PersonUnsubscribed, Suppress
from services.notify.models import Message, Suppression

UNSUBSCRIBED, BOUNCED = "unsubscribed", "bounced"
TOKEN = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{40}")

CONFIRMED = """
    unnest(CAST(:channels AS text[]), CAST(:addresses AS text[]), CAST(:times AS timestamptz[]))
        AS c(channel, address, confirmed_at)
    WHERE s.channel = c.channel AND s.address = c.address AND s.reason = 'bounced' AND s.created_at <= c.confirmed_at
    """
LIFT_CONFIRMED = [
    text(each)
    for each in (
        f"UPDATE suppressions s SET reason = 'unsubscribed' FROM {CONFIRMED} AND s.unsubscribed",  # noqa: S608
        f"DELETE FROM suppressions s USING {CONFIRMED} AND NOT s.unsubscribed",  # noqa: S608  (constants)
    )
]
"""Of who has unsubscribed too, that alone stays."""


def normal(channel: Channel, address: str) -> str:
    """The form in which addresses are compared: e-mail in lower case, numbers without spaces and signs but `+`."""
    return address.strip().lower() if channel is Channel.EMAIL else re.sub(r"[^0-9+]", "", address)


def suppress(session: Session, request: Suppress, now: datetime) -> Suppression:
    """Never use the address again; asking twice is fine. Raises Invalid for what is no address."""
    if not normal(request.channel, request.address):
        raise Invalid.field("/address", "no_address", "This is no address of the channel.")
    return add(session, request.channel, request.address, request.reason, now)


def add(
    session: Session, channel: Channel, address: str, reason: str, now: datetime, left_by_message_id: UUID | None = None
) -> Suppression:
    """Suppress an address; a reason that holds for all messages replaces `unsubscribed`, not the other way round.

    That somebody has unsubscribed stays known, and by the link of which message as long as that alone says so. A bounce
    is as late as the last one, whatever was confirmed before.
    """
    compared = normal(channel, address)
    left = reason == UNSUBSCRIBED
    new = insert(Suppression).values(
        id=new_id(),
        channel=channel,
        address=compared,
        reason=reason,
        unsubscribed=left,
        created_at=now,
        left_by_message_id=left_by_message_id,
    )
    weaker = Suppression.reason == UNSUBSCRIBED
    later = weaker | ((Suppression.reason == BOUNCED) & (new.excluded.reason == BOUNCED))
    changes = {
        "reason": case((weaker, new.excluded.reason), else_=Suppression.reason),
        "created_at": case((later & ~new.excluded.unsubscribed, new.excluded.created_at), else_=Suppression.created_at),
        "unsubscribed": Suppression.unsubscribed | new.excluded.unsubscribed,
        "left_by_message_id": case(
            (~new.excluded.unsubscribed, Suppression.left_by_message_id),
            (~Suppression.unsubscribed, new.excluded.left_by_message_id),
            (Suppression.left_by_message_id == new.excluded.left_by_message_id, Suppression.left_by_message_id),
            else_=null(),
        ),
    }
    session.execute(new.on_conflict_do_update(index_elements=["channel", "address"], set_=changes))
    found = select(Suppression).where(Suppression.channel == channel, Suppression.address == compared)
    return session.scalars(found.execution_options(populate_existing=True)).one()


def lift_confirmed(session: Session, confirmed: Mapping[tuple[Channel, str], datetime]) -> None:
    """Addresses were confirmed at these times: what bounced before counts no more."""
    said = {
        "channels": [channel for channel, _ in confirmed],
        "addresses": [address for _, address in confirmed],
        "times": [*confirmed.values()],
    }
    for statement in LIFT_CONFIRMED:
        session.execute(statement, said)


def lift(session: Session, suppression_id: UUID) -> None:
    """Let the address be used again, for marketing only if nobody unsubscribed; raises NotFound."""
    if not _lift(session, Suppression.id == suppression_id):
        raise NotFound(f"There is no suppressed address {suppression_id}.", id=suppression_id)


def _lift(session: Session, *which: ColumnElement[bool]) -> bool:
    """Whether there was any; of what was more than an unsubscription that alone stays."""
    stays = Suppression.unsubscribed & (Suppression.reason != UNSUBSCRIBED)
    kept = session.execute(
        update(Suppression).where(*which, stays).values(reason=UNSUBSCRIBED).returning(Suppression.id)
    )
    if kept.first() is not None:
        return True
    return session.execute(delete(Suppression).where(*which).returning(Suppression.id)).first() is not None


def unsubscribe_token(message_id: UUID) -> str:
    """The token of a message's list-unsubscribe link; only we can make it."""
    signature = hmac.new(settings().secret(), b"unsubscribe:" + message_id.bytes, sha256)
    return f"{message_id.hex}.{signature.hexdigest()[:40]}"


def unsubscribe(session: Session, token: str, now: datetime) -> bool:
    """Take the address a message went to off marketing, and tell whose it is: the wish is the person's, whatever the
    address is later. Whether `resubscribe` can take this back: not where somebody has unsubscribed otherwise too.

    Raises Gone for a token that is not ours.
    """
    message = _message_of(session, token)
    found = add(session, message.channel, message.address, UNSUBSCRIBED, now, left_by_message_id=message.id)
    if message.person_id is not None:
        told = PersonUnsubscribed(
            message_id=message.id, person_id=message.person_id, channel=message.channel, unsubscribed_at=now
        )
        outbox.record(session, told)
    return found.left_by_message_id == message.id


def resubscribe(session: Session, token: str, now: datetime) -> bool:
    """Take back what `unsubscribe` did by the same link, that alone: a bounce, a complaint, what the office entered and
    another unsubscription stay. Whether the address may get marketing as far as unsubscribing goes.

    Asking twice is fine. Raises Gone for a token that is not ours.
    """
    message = _message_of(session, token)
    this = (Suppression.channel == message.channel) & (Suppression.address == normal(message.channel, message.address))
    if _take_back(session, this & (Suppression.left_by_message_id == message.id)) and message.person_id is not None:
        told = PersonResubscribed(
            message_id=message.id, person_id=message.person_id, channel=message.channel, resubscribed_at=now
        )
        outbox.record(session, told)
    return session.scalar(select(Suppression.id).where(this, Suppression.unsubscribed)) is None


def _take_back(session: Session, which: ColumnElement[bool]) -> bool:
    """Whether there was such an unsubscription; what holds for all messages stays."""
    other = update(Suppression).where(which, Suppression.reason != UNSUBSCRIBED)
    kept = session.execute(other.values(unsubscribed=False, left_by_message_id=None).returning(Suppression.id)).first()
    gone = session.execute(delete(Suppression).where(which).returning(Suppression.id)).first()
    return kept is not None or gone is not None


def _message_of(session: Session, token: str) -> Message:
    """The message whose link has this token. Raises Gone for a token that is not ours, NotFound without its address."""
    form = TOKEN.fullmatch(token)
    message_id = UUID(hex=form.group(1)) if form else None
    if message_id is None or not hmac.compare_digest(token, unsubscribe_token(message_id)):
        raise Gone("This link is not one of ours.", code="bad_link")
    message = session.get(Message, message_id)
    if message is None or not message.address:
        raise NotFound("The message of this link is no longer known.")
    return message
