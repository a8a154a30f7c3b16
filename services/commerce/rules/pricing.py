"""Which price a customer pays: the lowest one he is entitled to wins, and every rule looked at says why (E2, E3).

Rules never stack: each gives one price from the list price, so the outcome does not depend on their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.commerce.rules.money import HUNDRED, ZERO, cents, whole_cents

ONE = Decimal(1)


class PriceKind(StrEnum):
    """Where a price comes from; of equal prices the first kind in this order is named as the reason."""

    AGREEMENT = "agreement"
    MEMBERSHIP = "membership"
    LOYALTY = "loyalty"
    CAMPAIGN = "campaign"
    LIST = "list"


class Outcome(StrEnum):
    """Why a rule was used or not; the texts belong to the user interface."""

    CHOSEN = "chosen"
    NOT_LOWEST = "not_lowest"
    SAME_PRICE = "same_price"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    NOT_ENTITLED = "not_entitled"
    QUANTITY_TOO_SMALL = "quantity_too_small"


class InvalidPriceRule(ValueError):
    """A rule that contradicts itself, such as 120 % off."""


@dataclass(frozen=True)
class PercentOff:
    """A discount of 0-100 per cent of the list price."""

    percent: Decimal

    def __post_init__(self) -> None:
        if not ZERO <= self.percent <= HUNDRED:
            raise InvalidPriceRule(f"a discount of {self.percent} % is not between 0 and 100")

    def price(self, list_price: Decimal) -> Decimal:
        """The price this rule gives, in cents."""
        return cents(list_price * (HUNDRED - self.percent) / HUNDRED)


@dataclass(frozen=True)
class AmountOff:
    """A discount in euros; never below a price of zero."""

    amount: Decimal

    def __post_init__(self) -> None:
        if whole_cents(self.amount) < ZERO:
            raise InvalidPriceRule(f"a discount of {self.amount} is negative")

    def price(self, list_price: Decimal) -> Decimal:
        """The price this rule gives, in cents."""
        return max(list_price - whole_cents(self.amount), ZERO)


@dataclass(frozen=True)
class FixedPrice:
    """A price in euros instead of the list price."""

    amount: Decimal

    def __post_init__(self) -> None:
        if whole_cents(self.amount) < ZERO:
            raise InvalidPriceRule(f"a price of {self.amount} is negative")

    def price(self, _list_price: Decimal) -> Decimal:
        """The price this rule gives, in cents; it may be above the list price, and then never wins."""
        return whole_cents(self.amount)


Effect = PercentOff | AmountOff | FixedPrice


@dataclass(frozen=True)
class Validity:
    """First and last day on which a rule holds; None is open."""

    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise InvalidPriceRule(f"validity ends on {self.ends_on}, before it starts on {self.starts_on}")


@dataclass(frozen=True)
class PriceRule:
    """One price agreement, membership price, loyalty benefit or campaign for a product.

    `entitles` names who may have it (such as `customer:<id>`, `membership:student`, `loyalty:gold`): any one of the
    customer's entitlements is enough; empty means everybody.
    """

    rule_id: str
    kind: PriceKind
    effect: Effect
    validity: Validity = Validity()
    entitles: frozenset[str] = frozenset()
    from_quantity: Decimal = ONE


@dataclass(frozen=True)
class Situation:
    """Who buys how much and when."""

    on: date
    entitlements: frozenset[str] = frozenset()
    quantity: Decimal = ONE


@dataclass(frozen=True)
class Finding:
    """What became of one rule: the price it gives (or would give) and the outcome, with the value that decided."""

    rule_id: str
    kind: PriceKind
    price: Decimal
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class PriceDecision:
    """The unit price to pay, the list price, the rule that won, and all findings, lowest price first."""

    price: Decimal
    list_price: Decimal
    chosen: Finding
    findings: tuple[Finding, ...] = field(repr=False)


LIST_PRICE_RULE = "list"


def decide_price(list_price: Decimal, rules: Iterable[PriceRule], situation: Situation) -> PriceDecision:
    """The lowest price the customer is entitled to; raises InexactMoney for a list price with parts of a cent."""
    base = whole_cents(list_price)
    candidates = [(rule, rule.effect.price(base), *_obstacle(rule, situation)) for rule in {*rules, _list_rule(base)}]
    candidates.sort(key=_rank)
    winner, lowest = next((rule, price) for rule, price, obstacle, _ in candidates if obstacle is None)
    findings = tuple(
        Finding(rule.rule_id, rule.kind, price, obstacle or _result(rule, winner, price=price, lowest=lowest), detail)
        for rule, price, obstacle, detail in candidates
    )
    chosen = next(finding for finding in findings if finding.outcome is Outcome.CHOSEN)
    return PriceDecision(lowest, base, chosen, findings)


def _list_rule(list_price: Decimal) -> PriceRule:
    return PriceRule(LIST_PRICE_RULE, PriceKind.LIST, FixedPrice(list_price), from_quantity=ZERO)


def _rank(candidate: tuple[PriceRule, Decimal, Outcome | None, str]) -> tuple[Decimal, int, str, str, str]:
    rule, price, obstacle, detail = candidate
    return price, list(PriceKind).index(rule.kind), rule.rule_id, obstacle or "", detail


def _obstacle(rule: PriceRule, situation: Situation) -> tuple[Outcome | None, str]:
    """Why the rule does not apply, with the value that decided; (None, "") when it does."""
    validity = rule.validity
    if validity.starts_on and situation.on < validity.starts_on:
        return Outcome.NOT_YET_VALID, validity.starts_on.isoformat()
    if validity.ends_on and situation.on > validity.ends_on:
        return Outcome.NO_LONGER_VALID, validity.ends_on.isoformat()
    if rule.entitles and not rule.entitles & situation.entitlements:
        return Outcome.NOT_ENTITLED, ",".join(sorted(rule.entitles))
    if situation.quantity < rule.from_quantity:
        return Outcome.QUANTITY_TOO_SMALL, str(rule.from_quantity)
    return None, ""


def _result(rule: PriceRule, winner: PriceRule, price: Decimal, lowest: Decimal) -> Outcome:
    if rule is winner:
        return Outcome.CHOSEN
    return Outcome.SAME_PRICE if price == lowest else Outcome.NOT_LOWEST
