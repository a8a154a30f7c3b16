"""What senders need to reach persons and organisations."""

from datetime import datetime
from uuid import UUID

from contracts.access import Rule
from contracts.base import ByIds, Language, Reply, query
from contracts.system import SystemApi


class Recipient(Reply):
    """What a sender needs to reach a contact; `name` empty and no address once a person is erased.

    An organisation is called by its name, and bills go to its billing address.
    """

    id: UUID
    name: str
    given_name: str = ""
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FI
    address_lines: list[str] = []
    mail_lines: list[str] = []
    """The same of an address from which no letter was returned; empty when there is none."""
    email_failed: bool = False
    """Messages to the address bounced, and nobody has confirmed it since."""
    email_confirmed_at: datetime | None = None
    phone_confirmed_at: datetime | None = None
    """When somebody has said that it is right: what bounced before counts no more."""
    email_banned: bool = False
    sms_banned: bool = False
    post_banned: bool = False


class Recipients(Reply):
    """Recipients by id; ids that do not exist are missing."""

    data: list[Recipient]


class RecipientsApi(SystemApi):
    """RPC methods."""

    @query(may=Rule.SYSTEM)
    def get_recipients(self, request: ByIds) -> Recipients: ...
