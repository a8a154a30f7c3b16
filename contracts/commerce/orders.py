"""Orders: what was bought and where it stands (E5)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import Amount, ById, Event, Fact, ListRequest, Page, Reply, Translated, query
from contracts.system import SystemApi


class OrderState(StrEnum):
    """Where an order is."""

    OPEN = "open"
    BILLED = "billed"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderLine(Reply):
    """A line of an order; sums include VAT. `price_kind` is the kind of the price rule used, see PriceRule."""

    product_id: UUID
    name: Translated
    about: Translated | None = None
    quantity: int
    list_price: Amount | None = None
    price_kind: str = ""
    unit_price: Amount
    total: Amount
    vat_percent: Decimal


class Order(Reply):
    """An order for one customer; `subject_kind`/`subject_id` say what it is for (`enrolment`, `membership`)."""

    id: UUID
    customer_id: UUID
    state: OrderState
    lines: list[OrderLine]
    total: Amount
    currency: str = "EUR"
    subject_kind: str = ""
    subject_id: UUID | None = None
    invoice_id: UUID | None = None
    created_at: datetime
    paid_at: datetime | None = None
    version: int = 1


class ListOrders(ListRequest):
    """Orders, newest first."""

    customer_id: UUID | None = None
    state: OrderState | None = None


class OrderBilled(Event):
    """An order to be paid by invoice was billed; an enrolment about it is confirmed."""

    type: ClassVar = "order.billed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "order_id"
    order_id: UUID
    invoice_id: UUID
    about_kind: str = ""
    about_id: UUID | None = None


class PurchaseFact(Fact):
    """A line of an order. `customer_id` is who ordered, whatever was merged since; `amount` includes VAT."""

    id: UUID
    order_id: UUID
    customer_id: UUID
    product_code: str
    category: str
    quantity: int
    amount: Decimal
    ordered_at: datetime
    state: OrderState


class PurchasesChanged(Event):
    """How the lines of up to 1,000 orders are now; a fact with a greater `number` is a later one."""

    type: ClassVar = "purchases.changed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "number"
    number: int
    purchases: list[PurchaseFact]


class OrdersApi(SystemApi):
    """RPC methods."""

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, LinkPurpose.TAKE_OFFER])
    def get_order(self, request: ById) -> Order: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_orders(self, request: ListOrders) -> Page[Order]: ...
