"""SMS through Twilio's Message resource (N5, I2): https://www.twilio.com/docs/messaging/api/message-resource.

Twilio has no idempotency key: the same request twice is two messages. A lost answer is therefore `OutcomeUnknown`,
never sent again by itself.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from services.notify.providers.failures import DeliveryFailure, OutcomeUnknown, PermanentFailure, TemporaryFailure

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
MAX_BODY = 1600
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

INVALID_NUMBER, UNSUBSCRIBED, NOT_MOBILE, CANNOT_ROUTE = 21211, 21610, 21614, 21612
OF_RECIPIENT = frozenset({INVALID_NUMBER, UNSUBSCRIBED, NOT_MOBILE, CANNOT_ROUTE})
QUEUE_FULL, TOO_MANY_REQUESTS = 21611, 20429
TRY_LATER = frozenset({QUEUE_FULL, TOO_MANY_REQUESTS})
SIGNATURE_HEADER = "X-Twilio-Signature"


@dataclass(frozen=True)
class SentSms:
    """Accepted by Twilio: its id of the message, the state it has now, and in how many parts it is billed."""

    sid: str
    status: str
    segments: int


@dataclass(frozen=True)
class SmsStatus:
    """A verified status callback. `status` as Twilio names it (sent, delivered, undelivered, failed ...)."""

    sid: str
    status: str
    error_code: int | None

    @property
    def is_final(self) -> bool:
        """No further callback changes the outcome."""
        return self.status in ("delivered", "undelivered", "failed")


class Twilio:
    """One Twilio account. Thread safe; keeps connections. `sender` is a number, a name, or a service id (MG...)."""

    def __init__(
        self, base_url: str, account_sid: str, auth_token: SecretStr, sender: str, *, http: httpx.Client | None = None
    ) -> None:
        account = quote(account_sid, safe="")
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._sender = {"MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        self._http = http or httpx.Client(timeout=TIMEOUT, follow_redirects=False)

    def send(self, to: str, body: str, status_callback: str = "") -> SentSms:
        """Send `body` (1 to 1600 characters) to an E.164 number. Raises the failures of `failures.py`."""
        if not 0 < len(body) <= MAX_BODY:
            raise PermanentFailure(f"an SMS has 1 to {MAX_BODY} characters, not {len(body)}")
        form = {"To": to, "Body": body} | self._sender
        if status_callback:
            form["StatusCallback"] = status_callback
        try:
            answer = self._http.post(
                self._url, data=form, auth=(self._account_sid, self._auth_token.get_secret_value())
            )
        except NOT_SENT as error:
            raise TemporaryFailure(f"Twilio cannot be reached: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"no answer from Twilio: {type(error).__name__}") from error
        return _accepted(answer)

    def read_status(self, url: str, form: Iterable[tuple[str, str]], given_signature: str) -> SmsStatus | None:
        """The status callback posted to `url` (the full public address with query), or None when it is forged."""
        fields = list(form)
        expected = callback_signature(self._auth_token.get_secret_value(), url, fields)
        if not hmac.compare_digest(expected.encode(), given_signature.encode()):
            return None
        values = dict(fields)
        if values.get("AccountSid") != self._account_sid or not values.get("MessageSid"):
            return None
        code = values.get("ErrorCode", "")
        return SmsStatus(values["MessageSid"], values.get("MessageStatus", ""), int(code) if code.isdecimal() else None)


def callback_signature(auth_token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """`X-Twilio-Signature`: base64 of HMAC-SHA1 over the address followed by each field's name and value, sorted."""
    payload = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(auth_token.encode(), payload.encode(), "sha1").digest()).decode()


def _accepted(answer: httpx.Response) -> SentSms:
    content = _content(answer)
    if answer.is_success:
        if not content.get("sid"):
            raise OutcomeUnknown("Twilio's answer carries no message id", code=answer.status_code)
        segments = str(content.get("num_segments", "1"))
        return SentSms(
            str(content["sid"]), str(content.get("status", "")), int(segments) if segments.isdecimal() else 1
        )
    raise _failure(answer, content)


def _failure(answer: httpx.Response, content: dict[str, Any]) -> DeliveryFailure:
    """What a refusal means: 429, 503 and full queues pass; other 5xx may have sent; the rest is final."""
    status = answer.status_code
    given = content.get("code")
    code = given if isinstance(given, int) else status
    text = f"Twilio answered {status}, code {code}"
    if status in (429, 503) or code in TRY_LATER:
        wait = answer.headers.get("Retry-After", "")
        return TemporaryFailure(text, code=code, retry_after=int(wait) if wait.isdecimal() else None)
    if status >= 500:
        return OutcomeUnknown(text, code=code)
    return PermanentFailure(text, code=code, of_recipient=code in OF_RECIPIENT)


def _content(answer: httpx.Response) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
