"""Prices of products for a customer on a date: facts from the tables and from membership, decided by rules.pricing.

Used alike by quotes, price lists and the billing of agreements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import Session

from contracts.base import Translated
from contracts.commerce.prices import PriceRule, QuoteLine, QuoteLineRequest
from contracts.errors import Invalid
from contracts.membership import Entitlement
from services.commerce import models
from services.commerce.rules import pricing
from services.commerce.rules.vat import NoVatRate, VatCode, rate_on

MOST = Decimal("99999999.99")
"""The largest total in euros that one quote may have."""
KINDS = {
    pricing.PriceKind.LIST: "list_price",
    pricing.PriceKind.AGREEMENT: "price_agreement",
    pricing.PriceKind.MEMBERSHIP: "membership",
    pricing.PriceKind.LOYALTY: "loyalty",
    pricing.PriceKind.CAMPAIGN: "campaign",
}


@dataclass(frozen=True)
class Buyer:
    """Who buys: nobody in particular, or a customer with the discounts that memberships give on the date."""

    customer_id: UUID | None = None
    entitlements: tuple[Entitlement, ...] = ()


def priced_lines(
    source: Connection | Session, wanted: Sequence[QuoteLineRequest], buyer: Buyer, on: date
) -> list[QuoteLine]:
    """Each wanted product at the lowest price the buyer is entitled to, explained; raises Invalid (E2)."""
    products = _products(source, wanted)
    agreements = _agreements(source, buyer.customer_id, products.values())
    lines = [
        _priced_line(products[line.product_id], line, agreements, buyer, on, number)
        for number, line in enumerate(wanted)
    ]
    if total_of(lines) > MOST:
        raise Invalid.field("/lines", "too_much", f"The total is over {MOST} euros; ask for less at a time.")
    return lines


def total_of(lines: Iterable[QuoteLine]) -> Decimal:
    """The sum of the lines, VAT included."""
    return sum((line.total for line in lines), Decimal("0.00"))


def _products(source: Connection | Session, wanted: Sequence[QuoteLineRequest]) -> dict[UUID, Any]:
    ids = {line.product_id for line in wanted}
    columns = models.Product.__table__
    found = {row.id: row for row in source.execute(select(columns).where(columns.c.id.in_(ids)))}
    for number, line in enumerate(wanted):
        if line.product_id not in found:
            pointer = f"/lines/{number}/product_id"
            raise Invalid.field(pointer, "unknown_product", f"There is no product {line.product_id}.")
    return found


def _agreements(source: Connection | Session, customer_id: UUID | None, products: Iterable[Any]) -> list[Any]:
    if customer_id is None:
        return []
    known = list(products)
    columns = models.PriceAgreement.__table__
    scope = or_(
        columns.c.product_id.in_([product.id for product in known]),
        columns.c.category.in_({product.category for product in known}),
    )
    return list(source.execute(select(columns).where(columns.c.customer_id == func.known_as(customer_id), scope)))


def _priced_line(
    product: Any, wanted: QuoteLineRequest, agreements: list[Any], buyer: Buyer, on: date, number: int
) -> QuoteLine:
    rules = [*_agreement_rules(product, agreements), *_membership_rules(product, buyer.entitlements)]
    situation = pricing.Situation(on, _entitled(buyer), Decimal(wanted.quantity))
    decision = pricing.decide_price(product.price, rules, situation)
    total = decision.price * wanted.quantity
    if total > MOST:
        raise Invalid.field(f"/lines/{number}/quantity", "too_much", f"The line is over {MOST} euros; ask for less.")
    labels = {str(each.membership_id): each.membership_type_code for each in buyer.entitlements}
    return QuoteLine(
        product_id=product.id,
        name=Translated.model_validate(product.name),
        about=wanted.about,
        quantity=wanted.quantity,
        list_price=decision.list_price,
        unit_price=decision.price,
        total=total,
        vat_code=product.vat_code,
        vat_percent=_vat_percent(product.vat_code, on),
        rules=[_explained(finding, labels) for finding in decision.findings],
    )


def _entitled(buyer: Buyer) -> frozenset[str]:
    return frozenset(f"membership:{each.membership_id}" for each in buyer.entitlements)


def _agreement_rules(product: Any, agreements: list[Any]) -> list[pricing.PriceRule]:
    return [
        pricing.PriceRule(
            rule_id=str(row.id),
            kind=pricing.PriceKind.AGREEMENT,
            effect=pricing.FixedPrice(row.price) if row.percent is None else pricing.PercentOff(Decimal(row.percent)),
            validity=pricing.Validity(row.valid_from, row.valid_to),
        )
        for row in agreements
        if row.product_id == product.id or row.category == product.category
    ]


def _membership_rules(product: Any, entitlements: Iterable[Entitlement]) -> list[pricing.PriceRule]:
    return [
        pricing.PriceRule(
            rule_id=str(each.membership_id),
            kind=pricing.PriceKind.MEMBERSHIP,
            effect=pricing.PercentOff(Decimal(each.percent)),
            entitles=frozenset({f"membership:{each.membership_id}"}),
        )
        for each in entitlements
        if each.category == product.category
    ]


def _explained(finding: pricing.Finding, labels: dict[str, str]) -> PriceRule:
    listed = finding.kind is pricing.PriceKind.LIST
    return PriceRule(
        kind=KINDS[finding.kind],
        price=finding.price,
        used=finding.outcome is pricing.Outcome.CHOSEN,
        reason=f"{finding.outcome}:{finding.detail}".rstrip(":"),
        source_id=None if listed else UUID(finding.rule_id),
        label=labels.get(finding.rule_id, ""),
    )


def _vat_percent(vat_code: str, on: date) -> Decimal:
    try:
        return rate_on(VatCode(vat_code), on).percent
    except NoVatRate as error:
        raise Invalid.field("/on", "no_vat_rate", str(error)) from error
