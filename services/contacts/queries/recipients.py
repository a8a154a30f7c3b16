"""What senders need to reach persons and organisations: names, addresses, bans; many at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from contracts.contacts.recipients import Recipient, Recipients
from services.contacts import models
from services.contacts.points import spoken_of
from services.contacts.rules.reachability import chosen_address, letter_lines, sendable_email

COLUMNS = ("email", "phone", "language", "addresses")
NO_BANS: Final = literal([], JSONB)
"""Organisations are written to about their own affairs only, and ban nothing."""


def _known(kind: type[models.Person | models.Organisation], *own: Callable[[Any], Any]) -> Any:
    """By the ids that were asked for: the contacts of a kind, or whom they are linked to."""
    asked, known = aliased(kind), aliased(kind)
    columns = [getattr(known, name) for name in COLUMNS]
    return (
        select(asked.id, known.id.label("known_id"), *columns, *(each(known) for each in own))
        .join(known, known.id == func.coalesce(asked.linked_to, asked.id))
        .where(asked.id == func.any(bindparam("ids")))
    )


PERSONS = _known(
    models.Person,
    lambda known: func.btrim(known.given_name + " " + known.family_name).label("name"),
    lambda known: known.given_name,
    lambda known: known.banned_channels,
)
ORGANISATIONS = _known(
    models.Organisation,
    lambda known: known.name,
    lambda known: known.name.label("given_name"),
    lambda _known: NO_BANS.label("banned_channels"),
)
LETTERS_TO: Final = ("postal", "visiting")
BILLS_TO: Final = ("billing", "postal", "visiting")


def get_many(reader: Connection, ids: list[UUID]) -> Recipients:
    """Recipients under the ids that were asked for; linked ids answer with whom they are linked to."""
    found = _found(reader, PERSONS, LETTERS_TO, ids)
    others = list({*ids} - {each.id for each in found})
    return Recipients.model_construct(data=[*found, *_found(reader, ORGANISATIONS, BILLS_TO, others)])


def _found(reader: Connection, query: Any, purposes: tuple[str, ...], ids: list[UUID]) -> list[Recipient]:
    if not ids:
        return []
    rows = reader.execute(query, {"ids": ids}).all()
    said = spoken_of(reader, {row.known_id for row in rows})
    return [_recipient(row, said.get(row.known_id, ()), purposes) for row in rows]


def _recipient(row: Any, said: Sequence[Any], purposes: tuple[str, ...]) -> Recipient:
    """`said` are contact points that were confirmed, or failed: letters go to an address that did not."""
    address = chosen_address(row.addresses, *purposes)
    returned = [each.entry for each in said if each.kind == "address" and each.problem]
    mailed = chosen_address([each for each in row.addresses if each not in returned], *purposes)
    first = {each.kind: each for each in said if each.use == "first"}
    return Recipient.model_construct(
        id=row.id,
        name=row.name,
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
