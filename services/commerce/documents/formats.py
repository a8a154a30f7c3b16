"""Numbers and days as they are written in a document's language."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from chassis import local_forms

NARROW_SPACE = "\N{NO-BREAK SPACE}"


class Formats:
    """The ways of one language (`fi`, `sv` or `en`)."""

    def __init__(self, language: str) -> None:
        self._language, self._locale = language, local_forms.locale_of(language)

    def day(self, day: date | None) -> str:
        """23.11.2026 or 23 Nov 2026; "" for None."""
        return "" if day is None else local_forms.day(day, self._language)

    def amount(self, amount: Decimal) -> str:
        """1 234,50 with a real minus sign."""
        return self._number(amount, "#,##0.00")

    def euros(self, amount: Decimal) -> str:
        """1 234,50 € or €1,234.50."""
        return local_forms.money(amount, self._language).replace("-", "\N{MINUS SIGN}")

    def unit_price(self, price: Decimal) -> str:
        """Two decimals, up to four where the price has them."""
        return self._number(price, "#,##0.00##")

    def quantity(self, quantity: Decimal) -> str:
        """As few decimals as the quantity has, at most three."""
        return self._number(quantity, "#,##0.###")

    def percent(self, percent: Decimal) -> str:
        """25,5 %."""
        return f"{self._number(percent, '#,##0.##')}{NARROW_SPACE}%"

    def _number(self, number: Decimal, pattern: str) -> str:
        return format_decimal(number, pattern, locale=self._locale).replace("-", "\N{MINUS SIGN}")
