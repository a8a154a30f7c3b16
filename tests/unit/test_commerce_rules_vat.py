"""Feature E6: VAT by date, and sums that reconcile to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.commerce.rules.money import InexactMoney, total
from services.commerce.rules.vat import (
    NoVatRate,
    Prices,
    SaleLine,
    Sum,
    VatCategory,
    VatCode,
    invoice_sums,
    rate_on,
    share_out,
)

IN_2026 = date(2026, 11, 23)
sale_lines = st.lists(
    st.builds(
        SaleLine,
        quantity=st.decimals("-20", "20", places=3),
        unit_price=st.decimals("0", "900", places=4),
        vat_code=st.sampled_from(VatCode),
        discount_percent=st.sampled_from([Decimal(0), Decimal(10), Decimal("33.33"), Decimal(100)]),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("code", "on", "percent"),
    [
        (VatCode.STANDARD, date(2024, 8, 31), "24"),
        (VatCode.STANDARD, date(2024, 9, 1), "25.5"),
        (VatCode.REDUCED, date(2025, 12, 31), "14"),
        (VatCode.REDUCED, date(2026, 1, 1), "13.5"),
        (VatCode.CULTURE, date(2024, 12, 31), "10"),
        (VatCode.CULTURE, date(2025, 1, 1), "14"),
        (VatCode.CULTURE, date(2026, 1, 1), "13.5"),
        (VatCode.PRESS, IN_2026, "10"),
        (VatCode.EXEMPT, IN_2026, "0"),
    ],
)
def test_E6_rate_changes_on_the_day_of_the_law(code: VatCode, on: date, percent: str) -> None:
    assert rate_on(code, on).percent == Decimal(percent)


def test_before_the_table_begins_no_rate_is_guessed() -> None:
    with pytest.raises(NoVatRate, match="2013-01-01"):
        rate_on(VatCode.STANDARD, date(2012, 12, 31))


def test_tax_is_rounded_once_per_rate_and_shared_out_to_the_lines() -> None:
    sums = invoice_sums([SaleLine(Decimal(1), Decimal("0.10"), VatCode.STANDARD)] * 3, IN_2026)
    assert sums.whole == Sum(Decimal("0.30"), Decimal("0.08"), Decimal("0.38"))  # 0.0765, not 3 x 0.03
    assert sorted(line.vat for line in sums.lines) == [Decimal("0.02"), Decimal("0.03"), Decimal("0.03")]


def test_gross_prices_stay_what_the_customer_was_told() -> None:
    sums = invoice_sums([SaleLine(Decimal(3), Decimal("9.99"), VatCode.CULTURE)], IN_2026, Prices.GROSS)
    assert sums.whole == Sum(Decimal("26.41"), Decimal("3.56"), Decimal("29.97"))


def test_exempt_and_zero_rated_lines_are_summed_apart() -> None:
    lines = [SaleLine(Decimal(1), Decimal(50), code) for code in (VatCode.EXEMPT, VatCode.ZERO, VatCode.OUTSIDE)]
    sums = invoice_sums(lines, IN_2026)
    assert {rate.category for rate, _ in sums.rates} == {
        VatCategory.EXEMPT,
        VatCategory.ZERO_RATED,
        VatCategory.OUTSIDE,
    }
    assert sums.whole.vat == 0


def test_floats_never_become_money() -> None:
    with pytest.raises((InexactMoney, TypeError)):
        invoice_sums([SaleLine(1.0, 0.1, VatCode.STANDARD)], IN_2026)  # type: ignore[arg-type]


@given(sale_lines, st.sampled_from(Prices))
def test_E6_lines_rates_and_whole_always_reconcile(lines: list[SaleLine], prices: Prices) -> None:
    sums = invoice_sums(lines, IN_2026, prices)
    for parts in (list(sums.lines), [group for _, group in sums.rates]):
        assert total(part.net for part in parts) == sums.whole.net
        assert total(part.vat for part in parts) == sums.whole.vat
        assert total(part.gross for part in parts) == sums.whole.gross
    assert all(part.net + part.vat == part.gross for part in (*sums.lines, sums.whole))


@given(sale_lines, st.sampled_from(Prices))
def test_E6_rate_sums_obey_en16931_within_a_cent(lines: list[SaleLine], prices: Prices) -> None:
    for rate, group in invoice_sums(lines, IN_2026, prices).rates:
        assert abs(group.net * rate.percent / 100 - group.vat) <= Decimal("0.01")


@given(sale_lines, st.sampled_from(Prices))
def test_E6_credit_note_mirrors_its_invoice_line_by_line(lines: list[SaleLine], prices: Prices) -> None:
    credited = [SaleLine(-line.quantity, line.unit_price, line.vat_code, line.discount_percent) for line in lines]
    mirrored = [Sum(-part.net, -part.vat, -part.gross) for part in invoice_sums(credited, IN_2026, prices).lines]
    assert mirrored == list(invoice_sums(lines, IN_2026, prices).lines)


@given(st.lists(st.decimals("-1000", "1000", places=5), min_size=1, max_size=30))
def test_shares_are_within_a_cent_of_their_exact_part(exact: list[Decimal]) -> None:
    whole = sum(exact, Decimal(0)).quantize(Decimal("0.01"))
    shares = share_out(whole, exact)
    assert total(shares) == whole
    assert all(abs(share - part) <= Decimal("0.015") for share, part in zip(shares, exact, strict=True))
