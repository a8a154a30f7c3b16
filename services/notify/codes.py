"""One-time codes by SMS, sent at once and never stored; and the provider's reports on messages."""

from functools import lru_cache
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
from pydantic import SecretStr

from chassis.logs import log
from chassis.settings import settings
from contracts.errors import Conflict, Invalid, NotAllowed, ServiceError, Unavailable
from contracts.notify import Channel, SendCode, StatusCallback
from services.notify.commands.messages import UNKNOWN
from services.notify.commands.suppressions import normal
from services.notify.config import notify_settings
from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown, PermanentFailure
from services.notify.providers.twilio import TIMEOUT, SmsStatus, Twilio
from services.notify.rules.rendering import fill
from services.notify.rules.texts import words

SOON = httpx.Timeout(3.0, connect=1.5)
"""For codes: somebody waits for the answer."""


@lru_cache
def sms() -> Twilio:
    """The SMS provider of this process."""
    return _provider(TIMEOUT)


@lru_cache
def sms_soon() -> Twilio:
    """The same, giving up soon."""
    return _provider(SOON)


def _provider(timeout: httpx.Timeout) -> Twilio:
    chosen = notify_settings()
    return Twilio(
        chosen.twilio_base_url,
        chosen.twilio_account_sid,
        SecretStr(chosen.twilio_auth_token),
        chosen.sms_sender,
        http=httpx.Client(timeout=timeout, follow_redirects=False),
    )


def status_url(message_id: UUID) -> str:
    """Where the provider reports on a message; its id is in the address, which the report's signature covers."""
    return f"{settings().talkoo_base_url}/api/v1/messages/providers/twilio/status?message={message_id}"


def send(request: SendCode) -> tuple[str, ServiceError | None]:
    """Send the code. Empty, or why it was not sent; and what its asker is told when it surely was not."""
    body = fill(words("code_sms", request.language).body, {"code": request.code})
    try:
        sms_soon().send(normal(Channel.SMS, request.phone), body, status_url(request.id))
    except OutcomeUnknown as failure:
        return f"{UNKNOWN} {failure.code}", None
    except DeliveryFailure as failure:
        log.warning("code_not_sent", code=failure.code)
        return f"{type(failure).__name__} {failure.code}", _told(failure)
    return "", None


def _told(failure: DeliveryFailure) -> ServiceError:
    if isinstance(failure, PermanentFailure) and failure.of_recipient:
        return Conflict("This phone number cannot receive messages; ask the office.", code="number_unreachable")
    return Unavailable("The code could not be sent; try again in a moment.", code="sms_unavailable")


def read_status(request: StatusCallback) -> tuple[UUID, SmsStatus]:
    """The message a report is about, and the report; raises NotAllowed when it is forged, Invalid without a message."""
    fields = list(request.parameters.items())
    signed = notify_settings().twilio_auth_token and sms().read_status(request.url, fields, request.signature)
    if not signed:
        raise NotAllowed("The report's signature is not the provider's.", code="bad_signature")
    named = parse_qs(urlsplit(request.url).query).get("message", [""])[0]
    try:
        return UUID(named), signed
    except ValueError:
        raise Invalid.field("/url", "no_message", "The report's address names no message.") from None
