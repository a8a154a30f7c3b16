"""What a product costs whom and why: price agreements and quotes (E2)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission, Rule
from contracts.base import Amount, Code, Data, PositiveAmount, Reply, Request, Translated, command, query
from contracts.system import SystemApi
from contracts.values import Day


class PriceAgreementDetails(Data):
    """A customer's own price for a product, or percent off a category, between two dates (E2)."""

    customer_id: UUID
    product_id: UUID | None = None
    category: Code | None = None
    price: PositiveAmount | None = None
    percent: Annotated[int, Field(ge=1, le=100)] | None = None
    valid_from: Day
    valid_to: Day | None = None


class CreatePriceAgreement(PriceAgreementDetails, Request):
    """A new price agreement: exactly one of product/category and one of price/percent."""


class PriceAgreement(PriceAgreementDetails, Reply):
    """A price agreement."""

    id: UUID


class QuoteLineRequest(Data):
    """One product wanted."""

    product_id: UUID
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    about: Translated | None = None
    """What exactly, where the product alone does not say it: the course and its day."""


class AskQuote(Request):
    """Prices for a customer (or nobody in particular) on a date (today when missing)."""

    customer_id: UUID | None = None
    lines: Annotated[list[QuoteLineRequest], Field(min_length=1, max_length=200)]
    on: Day | None = None


class PriceRule(Reply):
    """A rule that was looked at: `kind` such as list_price, membership, price_agreement, campaign; why (not) used."""

    kind: str
    price: Amount
    used: bool
    reason: str = ""
    source_id: UUID | None = None
    label: str = ""


class QuoteLine(Reply):
    """A priced line; `unit_price` and `total` include VAT."""

    product_id: UUID
    name: Translated
    about: Translated | None = None
    quantity: int
    list_price: Amount
    unit_price: Amount
    total: Amount
    vat_code: str
    vat_percent: Decimal
    rules: list[PriceRule] = []


class Quote(Reply):
    """A confirmed price, valid until `expires_at`, that an enrolment or order may refer to."""

    id: UUID
    customer_id: UUID | None
    lines: list[QuoteLine]
    total: Amount
    currency: str = "EUR"
    expires_at: datetime


class Prices(Reply):
    """Priced lines without a stored quote, for lists."""

    data: list[QuoteLine]


class PricesApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.COMMERCE_WRITE)
    def create_price_agreement(self, request: CreatePriceAgreement) -> PriceAgreement: ...

    @command(may=[Permission.COMMERCE_READ, Rule.OWN, Rule.PUBLIC])
    def make_quote(self, request: AskQuote) -> Quote: ...

    @query(may=[Permission.COMMERCE_READ, Rule.OWN, Rule.PUBLIC])
    def list_prices(self, request: AskQuote) -> Prices: ...
