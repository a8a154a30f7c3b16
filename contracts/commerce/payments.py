"""Card payments, the provider's callbacks and refunds (E4)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import Amount, ById, Event, ListRequest, Page, Reply, Request, command, query
from contracts.system import SystemApi


class StartPayment(Request):
    """Pay an order or an invoice by card; the payer returns to `return_url` (a path of our own)."""

    order_id: UUID | None = None
    invoice_id: UUID | None = None
    return_path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9/_.?=&%-]*$", max_length=300)] = "/my"
    language: Annotated[str, Field(pattern="^(fi|sv|en)$")] = "fi"


class PaymentState(StrEnum):
    """Where a payment is. `unknown`: the provider did not answer; a sweeper asks it."""

    CREATED = "created"
    PENDING = "pending"
    CAPTURED = "captured"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REFUNDED = "refunded"


class Payment(Reply):
    """A payment. `pay_url` leads to the provider's page while pending."""

    id: UUID
    order_id: UUID | None = None
    invoice_id: UUID | None = None
    customer_id: UUID | None = None
    provider: str
    state: PaymentState
    amount: Amount
    currency: str = "EUR"
    refunded: Amount = Decimal("0.00")
    pay_url: str | None = None
    created_at: datetime
    captured_at: datetime | None = None


class ListPayments(ListRequest):
    """Payments, newest first."""

    order_id: UUID | None = None
    customer_id: UUID | None = None


class ProviderCallback(Request):
    """A callback or return of a payment provider, as it came: names lower-cased, values untouched."""

    provider: Annotated[str, Field(pattern="^paytrail$")]
    parameters: Annotated[dict[str, str], Field(max_length=40)]


class CallbackResult(Reply):
    """What the callback led to; `fresh` is false for a repeat."""

    payment_id: UUID
    state: PaymentState
    fresh: bool
    return_path: str = "/"


class ListRefunds(ListRequest):
    """Refunds, newest first."""

    payment_id: UUID | None = None


class Refund(Reply):
    """Money given back through the provider."""

    id: UUID
    payment_id: UUID
    amount: Amount
    state: str
    created_at: datetime
    completed_at: datetime | None = None


class PaymentCaptured(Event):
    """A card payment is ours; for an order about an enrolment the seat may be confirmed."""

    type: ClassVar = "payment.captured.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "payment_id"
    payment_id: UUID
    order_id: UUID | None
    customer_id: UUID | None
    about_kind: str = ""
    about_id: UUID | None = None


class RefundCompleted(Event):
    """The provider has given the money back."""

    type: ClassVar = "refund.completed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "refund_id"
    refund_id: UUID
    payment_id: UUID
    order_id: UUID | None
    customer_id: UUID | None
    amount: Decimal


class PaymentsApi(SystemApi):
    """RPC methods."""

    @command(may=[Permission.PAYMENTS_WRITE, Rule.OWN, LinkPurpose.TAKE_OFFER, LinkPurpose.PAY_INVOICE], deadline=8)
    def start_payment(self, request: StartPayment) -> Payment: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def get_payment(self, request: ById) -> Payment: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_payments(self, request: ListPayments) -> Page[Payment]: ...

    @command(may=Rule.PUBLIC)
    def receive_callback(self, request: ProviderCallback) -> CallbackResult: ...

    @query(may=Permission.COMMERCE_READ)
    def list_refunds(self, request: ListRefunds) -> Page[Refund]: ...
