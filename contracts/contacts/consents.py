"""Consents and bans per channel (C17)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.access import Permission, Rule
from contracts.base import ById, Done, OptionalLine, Reply, Request, command, query
from contracts.system import SystemApi


class ContactChannel(StrEnum):
    """Channels a person can ban (C17)."""

    EMAIL = "email"
    SMS = "sms"
    POST = "post"
    PHONE = "phone"


class SetConsent(Request):
    """Records a consent or a ban for marketing on a channel, with its evidence."""

    person_id: UUID
    channel: ContactChannel
    allowed: bool
    evidence: OptionalLine = ""


class Consent(Reply):
    """Whether a channel may be used for marketing, and when the person last said so."""

    channel: ContactChannel
    allowed: bool
    recorded_at: datetime | None = None
    recorded_by: str = ""
    evidence: str = ""


class Consents(Reply):
    """Every channel; what was never banned is allowed."""

    data: list[Consent]


class ConsentsApi(SystemApi):
    """RPC methods."""

    @command(may=[Permission.CONTACTS_WRITE, Rule.OWN])
    def set_consent(self, request: SetConsent) -> Done: ...

    @query(may=[Permission.CONTACTS_READ, Rule.OWN])
    def get_consents(self, request: ById) -> Consents: ...
