"""The messages the simulated SMS provider has accepted, newest first, in bounded memory."""

import re
import secrets
import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

KEPT = 50_000
UNREACHABLE = "+35850000099"
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€")


class Refused(Exception):
    """The request is answered with an HTTP status and Twilio's error code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass
class Sms:
    """One accepted message; `to` and `sender` as given, `status` as Twilio names it."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None

    def as_resource(self, account: str) -> dict[str, Any]:
        """The Message resource of the answer."""
        return {
            "account_sid": account,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": format_datetime(self.created_at),
            "date_sent": None,
            "date_updated": format_datetime(self.created_at),
            "direction": "outbound-api",
            "error_code": self.error_code,
            "error_message": None,
            "from": self.sender,
            "messaging_service_sid": self.sender if self.sender.startswith("MG") else None,
            "num_media": "0",
            "num_segments": str(segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "to": self.to,
            "uri": f"/2010-04-01/Accounts/{account}/Messages/{self.sid}.json",
        }

    def as_control(self) -> dict[str, Any]:
        """The message for tests and the page."""
        values = asdict(self)
        values["from"] = values.pop("sender")
        values["created_at"] = self.created_at.isoformat(timespec="milliseconds")
        return values | {"segments": segments(self.body)}


def segments(body: str) -> int:
    """In how many parts the text is billed: 160 or 153 GSM characters each, or 70 or 67 of UCS-2 (GSM 03.38)."""
    if all(letter in GSM or letter in GSM_DOUBLE for letter in body):
        length, alone, part = sum(2 if letter in GSM_DOUBLE else 1 for letter in body), 160, 153
    else:
        length, alone, part = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // part)


class Messages:
    """All accepted messages. Thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: OrderedDict[str, Sms] = OrderedDict()
        self.unsubscribed: set[str] = set()

    def accept(self, form: dict[str, str]) -> Sms:
        """A new message from the form fields. Refused with Twilio's code for what it would not take."""
        to, body = form.get("To", ""), form.get("Body", "")
        sender = form.get("MessagingServiceSid") or form.get("From", "")
        if not to:
            raise Refused(400, 21604, "A 'To' phone number is required.")
        if not sender:
            raise Refused(400, 21603, "A 'From' phone number is required.")
        if not NUMBER.fullmatch(to):
            raise Refused(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not body:
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if to in self.unsubscribed:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        sms = Sms("SM" + secrets.token_hex(16), to, sender, body, form.get("StatusCallback", ""), datetime.now(UTC))
        with self._lock:
            self._messages[sms.sid] = sms
            if len(self._messages) > KEPT:
                self._messages.popitem(last=False)
        return sms

    def get(self, sid: str) -> Sms:
        """The message; Refused(404) when there is none."""
        sms = self._messages.get(sid)
        if sms is None:
            raise Refused(404, 20404, f"The requested resource {sid} was not found")
        return sms

    def listed(self, to: str = "", limit: int = 1_000) -> list[Sms]:
        """Messages newest first, to one number or all."""
        with self._lock:
            found = [sms for sms in reversed(self._messages.values()) if to in ("", sms.to)]
        return found[:limit]

    def clear(self) -> None:
        """Forget all messages and unsubscribed numbers."""
        with self._lock:
            self._messages.clear()
            self.unsubscribed.clear()
