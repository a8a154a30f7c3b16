"""Messages that come back because their address or number itself is wrong (C19, N8): told by notify to contacts."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.base import Event, Reply


class UsedAddress(Reply):
    """The e-mail address or phone number that a message went to; empty when that is not known any more."""

    id: UUID
    """Of the message."""
    address: str


class UsedAddresses(Reply):
    """Addresses by the ids of messages; those that do not exist are missing."""

    data: list[UsedAddress]


class MessageBounced(Event):
    """A message to a person did not arrive, and never will: no such address or number."""

    type: ClassVar = "message.bounced.v1"
    source: ClassVar = "notify"
    subject_id: ClassVar = "message_id"
    message_id: UUID
    person_id: UUID
    bounced_at: datetime
