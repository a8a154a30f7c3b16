"""Notify: messages, templates, mailings, labels (features N1-N9)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import (
    ById,
    ByIds,
    Code,
    Data,
    Done,
    Event,
    Fact,
    Job,
    Language,
    Line,
    ListRequest,
    Page,
    PersonIds,
    PhoneText,
    Reply,
    Request,
    Text,
    command,
    query,
)
from contracts.bounces import UsedAddresses
from contracts.system import SystemApi


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"


class MessageState(StrEnum):
    """GOV.UK Notify's states. Delivered: the mail server or SMS provider took it and has reported no failure since.

    Suppressed: not sent, because the receiver must not be written to, the mailing was cancelled or what it says is
    not true any more.
    """

    CREATED = "created"
    SENDING = "sending"
    DELIVERED = "delivered"
    TEMPORARY_FAILURE = "temporary-failure"
    PERMANENT_FAILURE = "permanent-failure"
    SUPPRESSED = "suppressed"


class Message(Reply):
    """A message to a person; texts are kept as sent, but without personal links."""

    id: UUID
    channel: Channel
    person_id: UUID | None = None
    account_id: UUID | None = None
    """The account of somebody of the office, when it went there instead of to a person of the register."""
    template: str
    state: MessageState
    subject: str = ""
    body: str = ""
    """Plain text. A mailing's is not stored for each person: `get_message` makes it again with the person's name of
    today, lists leave it empty."""
    mailing_id: UUID | None = None
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    error: str = ""


class ListMessages(ListRequest):
    """Messages, newest first."""

    person_id: UUID | None = None
    person_ids: PersonIds = ""
    mailing_id: UUID | None = None
    state: MessageState | None = None


class SendCode(Request):
    """A one-time code by SMS, now; the text is not stored. `id` makes a repeat send nothing, unless the first failed.

    Raises Unavailable (`sms_unavailable`) or Conflict (`number_unreachable`) when it was surely not sent.
    """

    id: UUID
    phone: PhoneText
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    language: Language = Language.FI


class MailingDetails(Data):
    """A personalised e-mail to a segment. Placeholders `{{given_name}}`, `{{family_name}}`, `{{name}}` are replaced."""

    name: Line
    segment_id: UUID
    subject: Line
    body: Text
    """Plain text with blank lines between paragraphs; the HTML part is made from it."""
    survey_id: UUID | None = None
    """The receivers are asked to answer this survey: `{{link}}` becomes each one's own link to it."""
    check_details: bool = False
    """The receivers are asked to check their details: `{{link}}` becomes each one's own link to them."""
    marketing: bool = True
    """Bans and unsubscriptions hold for marketing; others get it too when false."""


class CreateMailing(MailingDetails, Request):
    """Prepares a mailing; nothing is sent yet."""


class MailingState(StrEnum):
    """Where a mailing is."""

    DRAFT = "draft"
    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """It stopped at an error; launched again, it goes on with those who have not got it."""


class Mailing(MailingDetails, Reply):
    """A mailing with its counts."""

    id: UUID
    state: MailingState
    job_id: str | None = None
    created_at: datetime
    reason: str = ""
    """Why it failed: `segment_gone`, or `job_failed` when only the log knows."""
    recipients: int = 0
    sent: int = 0
    failed: int = 0
    suppressed: int = 0
    version: int = 1


class PreviewMailing(Request):
    """The mailing as one person would get it."""

    id: UUID
    person_id: UUID


class MailingPreview(Reply):
    """Subject and both parts."""

    subject: str
    text: str
    html: str


class LabelFormat(StrEnum):
    """Common A4 label sheets (columns x rows)."""

    A4_3X8 = "a4-3x8-70x37"
    A4_3X7 = "a4-3x7-63.5x38.1"
    A4_2X8 = "a4-2x8-105x37"


class CreateLabelSheet(Request):
    """Labels for a segment (N2)."""

    segment_id: UUID
    format: LabelFormat = LabelFormat.A4_3X8
    start_at: Annotated[int, Field(ge=1, le=24)] = 1


class LabelSheet(Reply):
    """A label sheet; `file_key` when its job is done."""

    id: UUID
    job_id: str
    segment_id: UUID
    format: LabelFormat
    labels: int = 0
    without_address: int = 0
    returned: int = 0
    """Left out, because letters to their addresses were returned."""
    banned: int = 0
    """Left out, because they have banned post."""
    file_key: str | None = None
    created_at: datetime


class Suppression(Reply):
    """An address that is not used again (N8): `unsubscribed` for marketing, any other reason for all messages."""

    id: UUID
    channel: Channel
    address: str
    reason: str
    created_at: datetime


class Suppress(Request):
    """Never use this address again."""

    channel: Channel
    address: Line
    reason: Code


class StatusCallback(Request):
    """A provider's report on a message, with its signature, as it came; `url` in full, with its query."""

    provider: Annotated[str, Field(pattern="^twilio$")]
    url: Annotated[str, Field(max_length=500)]
    signature: Annotated[str, Field(max_length=200)]
    parameters: Annotated[dict[str, str], Field(max_length=60)]


class Unsubscribe(Request):
    """One click in a message's list-unsubscribe header (RFC 8058)."""

    token: Annotated[str, Field(max_length=200)]


class Unsubscribed(Reply):
    """`can_undo`: `resubscribe` with the same token takes it back, as nobody has unsubscribed the address otherwise."""

    can_undo: bool = False


class Resubscribe(Request):
    """Takes back an unsubscription by the link of the same message; nothing else that keeps an address from use."""

    token: Annotated[str, Field(max_length=200)]


class Resubscribed(Reply):
    """`unsubscribed`: the address still is, as somebody has unsubscribed it otherwise."""

    unsubscribed: bool = False


# Events


class MessageFact(Fact):
    """A message that has left. `person_id` is whom it was written for, whatever was merged since."""

    id: UUID
    person_id: UUID
    channel: Channel
    template: str
    mailing_id: UUID | None
    sent_at: datetime
    state: MessageState


class MessagesSent(Event):
    """Up to 1,000 messages that have left, and what became of them; a fact with a greater `number` is a later one."""

    type: ClassVar = "messages.sent.v1"
    source: ClassVar = "notify"
    subject_id: ClassVar = "number"
    number: int
    messages: list[MessageFact]


class PersonUnsubscribed(Event):
    """Somebody wants no more marketing on a channel, said by the link of a message; each time the link is used."""

    type: ClassVar = "person.unsubscribed.v1"
    source: ClassVar = "notify"
    subject_id: ClassVar = "message_id"
    message_id: UUID
    person_id: UUID
    channel: Channel
    unsubscribed_at: datetime


class PersonResubscribed(Event):
    """Somebody has taken back, by the link of the same message, that they want no more marketing on a channel."""

    type: ClassVar = "person.resubscribed.v1"
    source: ClassVar = "notify"
    subject_id: ClassVar = "message_id"
    message_id: UUID
    person_id: UUID
    channel: Channel
    resubscribed_at: datetime


class NotifyApi(SystemApi, name="notify"):
    """Notify's RPC methods."""

    @command(may=Rule.SYSTEM, remember=False)
    def send_code(self, request: SendCode) -> Done: ...

    @query(may=[Permission.NOTIFY_READ, Rule.OWN])
    def list_messages(self, request: ListMessages) -> Page[Message]: ...

    @query(may=[Permission.NOTIFY_READ, Rule.OWN])
    def get_message(self, request: ById) -> Message: ...

    @query(may=Rule.SYSTEM)
    def get_used_addresses(self, request: ByIds) -> UsedAddresses: ...

    @command(may=Permission.NOTIFY_SEND)
    def create_mailing(self, request: CreateMailing) -> Mailing: ...

    @query(may=Permission.NOTIFY_READ)
    def get_mailing(self, request: ById) -> Mailing: ...

    @query(may=Permission.NOTIFY_READ)
    def list_mailings(self, request: ListRequest) -> Page[Mailing]: ...

    @query(may=Permission.NOTIFY_READ)
    def preview_mailing(self, request: PreviewMailing) -> MailingPreview: ...

    @command(may=Permission.NOTIFY_SEND)
    def launch_mailing(self, request: ById) -> Job: ...

    @command(may=Permission.NOTIFY_SEND)
    def pause_mailing(self, request: ById) -> Mailing: ...

    @command(may=Permission.NOTIFY_SEND)
    def cancel_mailing(self, request: ById) -> Mailing: ...

    @command(may=Permission.NOTIFY_SEND)
    def create_label_sheet(self, request: CreateLabelSheet) -> LabelSheet: ...

    @query(may=Permission.NOTIFY_READ)
    def get_label_sheet(self, request: ById) -> LabelSheet: ...

    @query(may=Permission.NOTIFY_READ)
    def list_suppressions(self, request: ListRequest) -> Page[Suppression]: ...

    @command(may=Permission.NOTIFY_SEND)
    def suppress(self, request: Suppress) -> Suppression: ...

    @command(may=Permission.NOTIFY_SEND)
    def lift_suppression(self, request: ById) -> Done: ...

    @command(may=Rule.PUBLIC)
    def receive_status(self, request: StatusCallback) -> Done: ...

    @command(may=Rule.PUBLIC)
    def unsubscribe(self, request: Unsubscribe) -> Unsubscribed: ...

    @command(may=Rule.PUBLIC)
    def resubscribe(self, request: Resubscribe) -> Resubscribed: ...
