"""The simulated merchant's payments and refunds, in memory, and what may happen to them."""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ops.simulators.paytrail.protocol import Rejected, check_payment, check_refund

KEPT = 20_000
KEPT_STAMPS = 500_000
PROVIDER = "creditcard"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Refund:
    """Money given back, at once."""

    transaction_id: str
    amount: int
    stamp: str
    reference: str
    created_at: str


@dataclass
class Payment:
    """An opened payment: `request` is the body it was opened with; `charges` counts how often a card was charged."""

    transaction_id: str
    algorithm: str
    request: dict[str, Any]
    created_at: str
    status: str = "new"
    paid_at: str = ""
    charges: int = 0
    refunds: list[Refund] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """Cents."""
        return int(self.request["amount"])

    @property
    def refunded(self) -> int:
        """Cents given back so far."""
        return sum(refund.amount for refund in self.refunds)

    def as_answer(self, href: str) -> dict[str, Any]:
        """The body of `GET /payments/{id}`."""
        answer = {
            "transactionId": self.transaction_id,
            "status": self.status,
            "amount": self.amount,
            "currency": "EUR",
            "stamp": self.request["stamp"],
            "reference": self.request["reference"],
            "createdAt": self.created_at,
        }
        if self.status == "new":
            return answer | {"href": href}
        if self.status == "ok":
            return answer | {"provider": PROVIDER, "paidAt": self.paid_at, "filingCode": self.transaction_id[:8]}
        return answer

    def as_control(self) -> dict[str, Any]:
        """Everything about the payment, for tests and the overview."""
        return {
            "transactionId": self.transaction_id,
            "status": self.status,
            "amount": self.amount,
            "stamp": self.request["stamp"],
            "reference": self.request["reference"],
            "email": self.request["customer"]["email"],
            "language": self.request["language"],
            "createdAt": self.created_at,
            "paidAt": self.paid_at,
            "charges": self.charges,
            "refunded": self.refunded,
            "refunds": [vars(refund) for refund in self.refunds],
        }


class Payments:
    """All payments of one merchant. Thread safe. A stamp is taken once, also when its payment was forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._payments: dict[str, Payment] = {}
        self._stamps: dict[str, None] = {}

    def open(self, request: dict[str, Any], algorithm: str) -> Payment:
        """A new payment. Rejected(400) for a wrong body or a used stamp."""
        check_payment(request)
        with self._lock:
            if request["stamp"] in self._stamps:
                raise Rejected(400, f"Payment with stamp {request['stamp']} already exists")
            payment = Payment(str(uuid.uuid4()), algorithm, request, _now())
            self._stamps[request["stamp"]] = None
            self._payments[payment.transaction_id] = payment
            if len(self._payments) > KEPT:
                del self._payments[next(iter(self._payments))]
            if len(self._stamps) > KEPT_STAMPS:
                del self._stamps[next(iter(self._stamps))]
        return payment

    def get(self, transaction_id: str) -> Payment:
        """The payment; Rejected(404) when there is none."""
        payment = self._payments.get(transaction_id)
        if payment is None:
            raise Rejected(404, f"Payment {transaction_id} does not exist")
        return payment

    def settle(self, transaction_id: str, outcome: str) -> tuple[Payment, bool]:
        """Bring a new payment to `ok` or `fail`. True with it when this call did it: a card is charged at most once."""
        payment = self.get(transaction_id)
        with self._lock:
            if payment.status != "new":
                return payment, False
            payment.status = outcome
            if outcome == "ok":
                payment.charges += 1
                payment.paid_at = _now()
            return payment, True

    def refund(self, transaction_id: str, request: dict[str, Any]) -> tuple[Payment, Refund]:
        """Give money back. Rejected(400) when the payment is not paid or less than the amount is left of it."""
        payment = self.get(transaction_id)
        amount = check_refund(request)
        with self._lock:
            if payment.status != "ok":
                raise Rejected(400, "Only a paid payment can be refunded")
            if payment.refunded + amount > payment.amount:
                raise Rejected(400, f"Only {payment.amount - payment.refunded} cents are left to refund")
            stamp, reference = str(request.get("refundStamp", "")), str(request.get("refundReference", ""))
            refund = Refund(str(uuid.uuid4()), amount, stamp, reference, _now())
            payment.refunds.append(refund)
        return payment, refund

    def listed(self) -> list[Payment]:
        """All payments, newest first."""
        with self._lock:
            return list(reversed(self._payments.values()))

    def clear(self) -> None:
        """Forget all payments and stamps."""
        with self._lock:
            self._payments.clear()
            self._stamps.clear()
