"""What senders need to reach persons: names, addresses, bans; many at once."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import aliased

from contracts.contacts.recipients import Recipient, Recipients
from services.contacts import models
from services.contacts.rules.reachability import chosen_address, letter_lines, sendable_email

Asked, Known = aliased(models.Person), aliased(models.Person)
BY_IDS = (
    select(
        Asked.id, Known.given_name, Known.family_name, Known.email, Known.phone, Known.language, Known.addresses,
        Known.banned_channels,
    )
    .join(Known, Known.id == func.coalesce(Asked.linked_to, Asked.id))
    .where(Asked.id == func.any(bindparam("ids")))
)  # fmt: skip


def get_many(reader: Connection, ids: list[UUID]) -> Recipients:
    """Recipients under the ids that were asked for; linked ids answer with whom they are linked to."""
    if not ids:
        return Recipients(data=[])
    return Recipients.model_construct(data=[_recipient(row) for row in reader.execute(BY_IDS, {"ids": ids})])


def _recipient(row: Any) -> Recipient:
    address = chosen_address(row.addresses, "postal", "visiting")
    return Recipient.model_construct(
        id=row.id,
        name=f"{row.given_name} {row.family_name}".strip(),
        given_name=row.given_name,
        email=sendable_email(row.email) if row.email else None,
        phone=row.phone,
        language=row.language,
        address_lines=letter_lines(address, row.language.value),
        email_banned="email" in row.banned_channels,
        sms_banned="sms" in row.banned_channels,
    )
