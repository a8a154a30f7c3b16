"""Money as the commerce rules know it: euros and cents in `Decimal`, rounded half-up, never a float."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


class InexactMoney(ValueError):
    """An amount that is no exact decimal number, or has parts of a cent where there may be none."""


def cents(value: Decimal) -> Decimal:
    """`value` with two decimals, halves away from zero, so that a credit is the exact mirror of its debit."""
    if not _is_exact(value):
        raise InexactMoney(f"{value!r} is not a finite Decimal")
    return value.quantize(CENT, rounding=ROUND_HALF_UP) + ZERO  # + 0.00 makes -0.00 plain zero


def whole_cents(value: Decimal) -> Decimal:
    """`value` with two decimals; raises InexactMoney if it has parts of a cent."""
    rounded = cents(value)
    if rounded != value:
        raise InexactMoney(f"{value} has parts of a cent")
    return rounded


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum of amounts in cents; 0.00 of none."""
    return sum(amounts, ZERO)


def _is_exact(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite()
