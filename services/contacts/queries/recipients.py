"""What senders need to reach persons: names, addresses, bans; many at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from contracts.contacts.recipients import Recipient, Recipients
from services.contacts import models
from services.contacts.points import spoken_of
from services.contacts.rules.reachability import chosen_address, letter_lines, sendable_email

Asked, Known = aliased(models.Person), aliased(models.Person)
BY_IDS = (
    select(
        Asked.id, Known.id.label("known_id"), Known.given_name, Known.family_name, Known.email, Known.phone,
        Known.language, Known.addresses, Known.banned_channels,
    )
    .join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
    .where(Asked.id == func.any(bindparam("ids")))
)  # fmt: skip


def get_many(reader: Connection, ids: list[UUID]) -> Recipients:
    """Recipients under the ids that were asked for; linked ids answer with whom they are linked to."""
    if not ids:
        return Recipients(data=[])
    rows = reader.execute(BY_IDS, {"ids": ids}).all()
    said = spoken_of(reader, {row.known_id for row in rows})
    return Recipients.model_construct(data=[_recipient(row, said.get(row.known_id, ())) for row in rows])


def _recipient(row: Any, said: Sequence[Any]) -> Recipient:
    """`said` are contact points that were confirmed, or failed: letters go to an address that did not."""
    address = chosen_address(row.addresses, "postal", "visiting")
    returned = [each.entry for each in said if each.kind == "address" and each.problem]
    mailed = chosen_address([each for each in row.addresses if each not in returned], "postal", "visiting")
    first = {each.kind: each for each in said if each.use == "first"}
    return Recipient.model_construct(
        id=row.id,
        name=f"{row.given_name} {row.family_name}".strip(),
        given_name=row.given_name,
        email=sendable_email(row.email) if row.email else None,
        phone=row.phone,
        language=row.language,
        address_lines=letter_lines(address, row.language.value),
        mail_lines=letter_lines(mailed, row.language.value),
        email_failed="email" in first and first["email"].problem is not None,
        email_confirmed_at=_confirmed_at(first.get("email")),
        phone_confirmed_at=_confirmed_at(first.get("phone")),
        email_banned="email" in row.banned_channels,
        sms_banned="sms" in row.banned_channels,
        post_banned="post" in row.banned_channels,
    )


def _confirmed_at(point: Any) -> datetime | None:
    return point.verified_at if point is not None and point.confirmed and not point.problem else None
