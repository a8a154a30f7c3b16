"""Finnish value added tax: rates by code and date, and sums of lines that reconcile to the cent.

Rates: arvonlisäverolaki (1501/1993) 84-85 a §, with 706/2012 (2013), 545/2024 (25.5 %), the move of culture, sport,
books and accommodation out of the 10 % class on 2025-01-01, and HE 93/2025 (13.5 % from 2026-01-01). Sums: VAT is
rounded once per rate, as EN 16931 (BR-CO-17) counts it, then shared out to the lines. Feature E6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.commerce.rules.money import CENT, HUNDRED, ZERO, cents, total


class VatCode(StrEnum):
    """What kind of sale a line is; the rate follows from the date."""

    STANDARD = "standard"
    REDUCED = "reduced"  # food, restaurants, medicine
    CULTURE = "culture"  # entrance to culture and sports, books, accommodation, passenger transport
    PRESS = "press"  # newspapers and magazines
    ZERO = "zero"  # zero-rated: export, members' magazine of a non-profit association (56 §)
    EXEMPT = "exempt"  # exempt: education by law (39-40 §), health care (34 §)
    OUTSIDE = "outside"  # outside the tax: membership fees and other non-business income of an association
    REVERSE = "reverse"  # the buyer pays the tax


class VatCategory(StrEnum):
    """Category codes of EN 16931 (UNCL5305)."""

    STANDARD = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    OUTSIDE = "O"
    REVERSE_CHARGE = "AE"


class Prices(StrEnum):
    """Whether unit prices are without tax or include it."""

    NET = "net"
    GROSS = "gross"


class NoVatRate(ValueError):
    """A date before the table of rates begins."""


_NONE = ((date(2013, 1, 1), Decimal(0)),)
# Each code's rates in per cent with the first day they hold, oldest first.
RATES: dict[VatCode, tuple[tuple[date, Decimal], ...]] = {
    VatCode.STANDARD: ((date(2013, 1, 1), Decimal(24)), (date(2024, 9, 1), Decimal("25.5"))),
    VatCode.REDUCED: ((date(2013, 1, 1), Decimal(14)), (date(2026, 1, 1), Decimal("13.5"))),
    VatCode.CULTURE: (
        (date(2013, 1, 1), Decimal(10)),
        (date(2025, 1, 1), Decimal(14)),
        (date(2026, 1, 1), Decimal("13.5")),
    ),
    VatCode.PRESS: ((date(2013, 1, 1), Decimal(10)),),
    VatCode.ZERO: _NONE,
    VatCode.EXEMPT: _NONE,
    VatCode.OUTSIDE: _NONE,
    VatCode.REVERSE: _NONE,
}
CATEGORIES: dict[VatCode, VatCategory] = {
    VatCode.STANDARD: VatCategory.STANDARD,
    VatCode.REDUCED: VatCategory.STANDARD,
    VatCode.CULTURE: VatCategory.STANDARD,
    VatCode.PRESS: VatCategory.STANDARD,
    VatCode.ZERO: VatCategory.ZERO_RATED,
    VatCode.EXEMPT: VatCategory.EXEMPT,
    VatCode.OUTSIDE: VatCategory.OUTSIDE,
    VatCode.REVERSE: VatCategory.REVERSE_CHARGE,
}


@dataclass(frozen=True)
class VatRate:
    """A rate in per cent and its category; lines of the same VatRate are summed together."""

    category: VatCategory
    percent: Decimal


@dataclass(frozen=True)
class SaleLine:
    """What is sold: a negative quantity credits. The discount is in per cent of the line."""

    quantity: Decimal
    unit_price: Decimal
    vat_code: VatCode
    discount_percent: Decimal = ZERO


@dataclass(frozen=True)
class Sum:
    """Net, tax and gross in euros; net + vat == gross, always."""

    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True)
class InvoiceSums:
    """One Sum for each line in order, one for each rate (highest first), and the whole; all reconcile exactly."""

    lines: tuple[Sum, ...]
    rates: tuple[tuple[VatRate, Sum], ...]
    whole: Sum


def rate_on(code: VatCode, on: date) -> VatRate:
    """The rate of a sale delivered on a day; raises NoVatRate before 2013."""
    percents = [percent for first_day, percent in RATES[code] if first_day <= on]
    if not percents:
        raise NoVatRate(f"no VAT rate is known for {code} on {on}; the table begins on {RATES[code][0][0]}")
    return VatRate(CATEGORIES[code], percents[-1])


def invoice_sums(lines: Sequence[SaleLine], on: date, prices: Prices = Prices.NET) -> InvoiceSums:
    """Line, rate and invoice sums of lines delivered on a day; raises NoVatRate, InexactMoney."""
    amounts = [line_amount(line) for line in lines]
    rates = [rate_on(line.vat_code, on) for line in lines]
    line_sums: list[Sum] = [Sum(ZERO, ZERO, ZERO)] * len(lines)
    by_rate: list[tuple[VatRate, Sum]] = []
    for rate in sorted(set(rates), key=lambda rate: (-rate.percent, rate.category)):
        places = [place for place, of_line in enumerate(rates) if of_line == rate]
        shares, group = _group_sums([amounts[place] for place in places], rate.percent, prices)
        by_rate.append((rate, group))
        for place, share in zip(places, shares, strict=True):
            line_sums[place] = share
    return InvoiceSums(tuple(line_sums), tuple(by_rate), add(group for _, group in by_rate))


def line_amount(line: SaleLine) -> Decimal:
    """Quantity by unit price less the discount, rounded once to cents (net or gross, as the unit price is)."""
    return cents(line.quantity * line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED)


def add(sums: Iterable[Sum]) -> Sum:
    """The sum of sums."""
    parts = list(sums)
    return Sum(
        total(part.net for part in parts), total(part.vat for part in parts), total(part.gross for part in parts)
    )


def vat_of_net(net: Decimal, percent: Decimal) -> Decimal:
    """The tax on a net amount."""
    return cents(net * percent / HUNDRED)


def vat_in_gross(gross: Decimal, percent: Decimal) -> Decimal:
    """The tax inside a gross amount."""
    return cents(gross * percent / (HUNDRED + percent))


def _group_sums(amounts: list[Decimal], percent: Decimal, prices: Prices) -> tuple[list[Sum], Sum]:
    tax = vat_of_net if prices is Prices.NET else vat_in_gross
    base = percent / HUNDRED if prices is Prices.NET else percent / (HUNDRED + percent)
    group = _sum_of(total(amounts), tax(total(amounts), percent), prices)
    taxes = share_out(group.vat, [amount * base for amount in amounts])
    return [_sum_of(amount, vat, prices) for amount, vat in zip(amounts, taxes, strict=True)], group


def _sum_of(amount: Decimal, vat: Decimal, prices: Prices) -> Sum:
    return Sum(amount, vat, amount + vat) if prices is Prices.NET else Sum(amount - vat, vat, amount)


def share_out(whole: Decimal, exact: Sequence[Decimal]) -> list[Decimal]:
    """`exact` parts rounded to cents so that they sum to `whole`; the parts rounded hardest give way, first ones first.

    Mirrors under change of sign, so that a credit note's lines are exactly those of its invoice.
    """
    parts = [cents(part) for part in exact]
    missing = whole - total(parts)
    step = CENT if missing > 0 else -CENT
    by_error = sorted(range(len(parts)), key=lambda place: -(exact[place] - parts[place]) * step)
    for turn in range(int(missing / step)):
        parts[by_error[turn % len(parts)]] += step
    return parts
