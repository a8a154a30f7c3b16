"""One-time codes by SMS, sent at once and never stored; and the provider's reports on messages."""

from functools import lru_cache

from pydantic import SecretStr

from chassis.logs import log
from contracts.errors import NotAllowed
from contracts.notify import SendCode, StatusCallback
from services.notify.config import notify_settings
from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown
from services.notify.providers.twilio import Twilio
from services.notify.rules.rendering import fill
from services.notify.rules.texts import words


@lru_cache
def sms() -> Twilio:
    """The SMS provider of this process."""
    chosen = notify_settings()
    return Twilio(
        chosen.twilio_base_url,
        chosen.twilio_account_sid,
        SecretStr(chosen.twilio_auth_token),
        chosen.sms_sender,
    )


def send(request: SendCode) -> str:
    """Send the code; an empty text, or why it was not sent."""
    body = fill(words("code_sms", request.language).body, {"code": request.code})
    try:
        sms().send(request.phone, body)
    except OutcomeUnknown:
        return ""
    except DeliveryFailure as error:
        log.warning("code_not_sent", code=error.code)
        return f"provider code {error.code}"
    return ""


def check_status(request: StatusCallback) -> None:
    """Refuse a report whose signature is not the provider's."""
    if sms().read_status(request.url, list(request.parameters.items()), request.signature) is None:
        raise NotAllowed("The report's signature is not the provider's.", code="bad_signature")
