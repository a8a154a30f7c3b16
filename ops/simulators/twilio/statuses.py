"""Status callbacks: what becomes of an accepted message, told to the sender, signed."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from ops.simulators.callbacks import Callback, Deliverer
from ops.simulators.faults import Faults
from ops.simulators.twilio.messages import UNREACHABLE, Sms

STEP = 0.05
"""Seconds from one status to the next."""
UNREACHABLE_CODE = 30003


def signature(auth_token: str, url: str, form: dict[str, str]) -> str:
    """Twilio's signature of a form posted to `url`."""
    text = url
    for name in sorted(form):
        text += name + form[name]
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True)
class Statuses:
    """Moves messages on and calls back for each status, in order of time."""

    account: str
    auth_token: str
    deliverer: Deliverer
    faults: Faults

    def run(self, sms: Sms) -> None:
        """Bring an accepted message to its end; its callbacks go out one after the other."""
        reached = not sms.to.startswith(UNREACHABLE)
        for step, status in enumerate(("queued", "sent", "delivered" if reached else "undelivered")):
            code = UNREACHABLE_CODE if status == "undelivered" else None
            sms.status, sms.error_code = status, code
            if sms.callback:
                self._call_back(sms, status, code, step * STEP)

    def _call_back(self, sms: Sms, status: str, code: int | None, seconds: float) -> None:
        if self.faults.take("callback", frozenset({"lose"}), sms.to):
            return
        form = {
            "AccountSid": self.account,
            "ApiVersion": "2010-04-01",
            "From": sms.sender,
            "MessageSid": sms.sid,
            "MessageStatus": status,
            "SmsSid": sms.sid,
            "SmsStatus": status,
            "To": sms.to,
        } | ({"ErrorCode": str(code)} if code else {})
        slow = self.faults.take("callback", frozenset({"delay"}), sms.to)
        forged = self.faults.take("callback", frozenset({"forge"}), sms.to)
        signed = signature("forged" if forged else self.auth_token, sms.callback, form)
        callback = Callback(sms.sid, "POST", sms.callback, form, {"X-Twilio-Signature": signed})
        self.deliverer.later(callback, seconds + (slow.seconds if slow else 0.0))
