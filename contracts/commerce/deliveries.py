"""Delivered products that accounting tells of in batches, and all that a customer has bought (C12, E5)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission, Rule
from contracts.base import (
    Amount,
    Code,
    Event,
    Fact,
    Line,
    ListRequest,
    OptionalLine,
    Page,
    Reply,
    Request,
    Translated,
    command,
    query,
)
from contracts.system import SystemApi
from contracts.values import PLAIN, Day, Moment

Quantity = Annotated[Decimal, Field(max_digits=14, decimal_places=3), PLAIN]
"""How many or how much, with at most three decimals; negative when goods come back."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Short = Annotated[Line, StringConstraints(max_length=60)]
"""One line of at most 60 characters."""
ROWS = 1_000


class DeliveredLine(Request):
    """A line of a document of accounting. `net` and `gross` are sums of the line, without and with VAT; one is there.

    `number` is its row in the file that told of it.
    """

    number: Annotated[int, Field(ge=1)]
    customer_id: UUID
    document: Short
    line: Short
    product_code: OptionalLine = ""
    product_name: OptionalLine = ""
    quantity: Quantity
    unit: OptionalLine = ""
    net: Amount | None = None
    gross: Amount | None = None
    currency: Currency = "EUR"
    delivered_on: Day
    period: OptionalLine = ""
    """For which time the batch was made, as it says itself."""


class TakeDeliveries(Request):
    """Lines of one batch. A line is known by source, document and line number: saying it again changes nothing.

    Of several contents of one line the one stands that was said last. `observed_at` is when the batch says it was
    true; without it, that is when it came (`begun_at`), or, for what was said before, when it was said first.
    """

    batch_id: UUID
    source: Code = "accounting"
    begun_at: Moment
    observed_at: Moment | None = None
    dry_run: bool = False
    lines: Annotated[list[DeliveredLine], Field(max_length=ROWS)]


class DeliveryOutcome(Reply):
    """What became of a line: `created`, `updated` (it replaces what was said of the line before), `unchanged`.

    `changed` names what it corrects; `corrected` says that a later batch says something else, which stands.
    """

    number: int
    state: str
    changed: list[str] = []
    corrected: bool = False


class DeliveriesTaken(Reply):
    """The outcome of each line."""

    data: list[DeliveryOutcome]


class TakeBackDeliveries(Request):
    """Withdraws what a batch said in some rows of its file; its lines are as though it had never come."""

    batch_id: UUID
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]


class DeliveriesTakenBack(Reply):
    """Rows whose line is another or gone without them, and rows of whose line another batch says what stays."""

    taken_back: list[int]
    kept: list[int]


class PurchaseSource(StrEnum):
    """How a purchase is known."""

    ORDER = "order"
    ACCOUNTING = "accounting"


class Purchase(Reply):
    """A product that somebody has bought: a line of an order that is billed or paid, or of a delivery.

    `gross` includes VAT; where accounting tells no such sum, it is the one without (`vat_included` false).
    """

    id: UUID
    customer_id: UUID
    source: PurchaseSource
    bought_on: date
    product_code: str = ""
    name: Translated
    quantity: Quantity
    unit: str = ""
    gross: Amount
    vat_included: bool = True
    currency: str = "EUR"
    document: str = ""
    order_id: UUID | None = None


class ListPurchases(ListRequest):
    """What a customer has bought, newest first; from one source or all."""

    customer_id: UUID
    source: PurchaseSource | None = None


class DeliveryFact(Fact):
    """What a batch says of a line. `stands` until it is corrected or withdrawn.

    `customer_id` is who was named, whatever was merged since; `amount` is in euros, with VAT where that is known.
    """

    id: UUID
    customer_id: UUID
    product_code: str
    product_name: str
    quantity: Decimal
    amount: Decimal | None
    delivered_on: date
    stands: bool


class DeliveriesChanged(Event):
    """How up to 1,000 deliveries are now; a fact with a greater `number` is a later one."""

    type: ClassVar = "deliveries.changed.v1"
    source: ClassVar = "commerce"
    subject_id: ClassVar = "number"
    number: int
    deliveries: list[DeliveryFact]


class DeliveriesApi(SystemApi):
    """RPC methods."""

    @command(may=Rule.SYSTEM, deadline=15, remember=False)
    def take_deliveries(self, request: TakeDeliveries) -> DeliveriesTaken: ...

    @command(may=Rule.SYSTEM, deadline=15, remember=False)
    def take_back_deliveries(self, request: TakeBackDeliveries) -> DeliveriesTakenBack: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN])
    def list_purchases(self, request: ListPurchases) -> Page[Purchase]: ...
