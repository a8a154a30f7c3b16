"""Euros and cents, exactly."""

from decimal import Decimal
from fractions import Fraction

MAX_CENTS = 99_999_998
"""The largest amount Paytrail takes."""


def to_cents(amount: Decimal) -> int:
    """Euros to whole cents. ValueError when the amount has parts of a cent or is not a number; nothing is rounded."""
    cents = Fraction(amount) * 100 if amount.is_finite() else None
    if cents is None or cents.denominator != 1:
        raise ValueError(f"{amount} is not a whole number of cents")
    return cents.numerator


def to_positive_cents(amount: Decimal) -> int:
    """Like `to_cents`; ValueError also outside 0.01 ... 999,999.98 euros."""
    cents = to_cents(amount)
    if not 0 < cents <= MAX_CENTS:
        raise ValueError(f"{amount} is not between 0.01 and {from_cents(MAX_CENTS)} euros")
    return cents


def from_cents(cents: int) -> Decimal:
    """Whole cents to euros with two decimals."""
    return Decimal(cents).scaleb(-2)
