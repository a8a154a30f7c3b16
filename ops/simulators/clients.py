"""What tests, the demo and measurements ask of the simulators, over HTTP only."""

import time
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx

Found = TypeVar("Found")
PAUSE = 0.05
PATIENCE = 180.0
"""Seconds; what comes early is not waited for."""


class SimulatorClient:
    """Base: the address of a running simulator, and the faults it can be asked for."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=60.0, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def order_fault(self, **fault: Any) -> None:
        """Order a fault: `on`, `effect`, and where needed `times`, `seconds`, `status`, `to`."""
        self._json("POST", "/control/faults", json=fault)

    def clear_faults(self) -> None:
        """Forget the faults still to come."""
        self._send("DELETE", "/control/faults")

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._http.request(method, path, **options)
        answer.raise_for_status()
        return answer

    def _json(self, method: str, path: str, **options: Any) -> Any:
        return self._send(method, path, **options).json()


class PaymentProvider(SimulatorClient):
    """The simulated payment provider; payments are dicts as `/control/payments` gives them, amounts in cents."""

    def payments(self) -> list[dict[str, Any]]:
        """All payments, newest first."""
        return list(self._json("GET", "/control/payments")["payments"])

    def payment(self, transaction_id: str) -> dict[str, Any]:
        """One payment with the callbacks made for it, newest first."""
        return dict(self._json("GET", f"/control/payments/{transaction_id}"))

    def pay(self, transaction_id: str, deliver: int = 1) -> str:
        """Pay without a browser; the callback comes `deliver` times. The address a browser would be sent back to."""
        return str(self._json("POST", f"/control/payments/{transaction_id}/pay", json={"deliver": deliver})["redirect"])

    def cancel(self, transaction_id: str, deliver: int = 1) -> str:
        """Cancel without a browser; otherwise as `pay`."""
        answer = self._json("POST", f"/control/payments/{transaction_id}/cancel", json={"deliver": deliver})
        return str(answer["redirect"])

    def repeat_callback(self, transaction_id: str, times: int = 1) -> None:
        """Call the shop again about a settled payment."""
        self._json("POST", f"/control/payments/{transaction_id}/callback", json={"deliver": times})


class SmsInbox(SimulatorClient):
    """The simulated SMS provider's received messages: dicts with sid, to, from, body, status, created_at."""

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """Messages newest first, to one number (E.164) or all."""
        return list(self._json("GET", "/control/messages", params={"to": to} if to else {})["messages"])

    def wait_for(self, to: str, containing: str = "", seconds: float = PATIENCE) -> dict[str, Any]:
        """The newest message to the number that contains the text. TimeoutError when none comes in time."""
        return wait_until(
            lambda: next((sms for sms in self.messages(to) if containing in sms["body"]), None), seconds, f"SMS to {to}"
        )

    def unsubscribe(self, number: str) -> None:
        """Have the provider refuse messages to the number, as after a STOP."""
        self._send("POST", "/control/unsubscribed", json={"number": number})

    def clear(self) -> None:
        """Forget all messages."""
        self._send("DELETE", "/control/messages")


class Mailbox(SimulatorClient):
    """The mailbox that catches all mail: dicts with id, to, from, subject, message_id, received_at, size."""

    def messages(self, to: str = "", since: str | int = "", limit: int = 200) -> list[dict[str, Any]]:
        """Messages newest first, to one recipient or all; `since` an id or an ISO time (both exclusive)."""
        wanted = {"to": to, "since": since, "limit": limit}
        found = self._json("GET", "/api/messages", params={name: value for name, value in wanted.items() if value})
        return list(found["messages"])

    def wait_for(
        self, to: str, containing: str = "", since: str | int = "", seconds: float = PATIENCE
    ) -> dict[str, Any]:
        """The newest message to the recipient whose subject contains the text, read. TimeoutError when none comes."""
        found = wait_until(
            lambda: next((mail for mail in self.messages(to, since) if containing in mail["subject"]), None),
            seconds,
            f"mail to {to}",
        )
        return self.message(found["id"])

    def message(self, message_id: int) -> dict[str, Any]:
        """One message read: the summary and `headers`, `text`, `html`, `attachments` (index, name, type, size)."""
        return dict(self._json("GET", f"/api/messages/{message_id}"))

    def raw(self, message_id: int) -> bytes:
        """The message as it was received."""
        return self._send("GET", f"/api/messages/{message_id}/raw").content

    def attachment(self, message_id: int, index: int) -> bytes:
        """The decoded content of one attachment."""
        return self._send("GET", f"/api/messages/{message_id}/attachments/{index}").content

    def count(self) -> int:
        """How many messages are kept."""
        return int(self._json("GET", "/api/messages", params={"limit": 1})["total"])

    def clear(self) -> None:
        """Forget all messages."""
        self._send("DELETE", "/api/messages")


def wait_until(find: Callable[[], Found | None], seconds: float, what: str) -> Found:
    """Ask until something is found. TimeoutError names `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = find()
        if found is not None:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"no {what} within {seconds:.0f} s")
        time.sleep(PAUSE)
