"""Days, times and sums as people of a language write them: alike on pages, in messages and in documents.

Times are written in their own zone: bring them to the association's first (`clock.zoned`).
"""

from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

LOCALES = {"fi": Locale("fi", "FI"), "sv": Locale("sv", "FI"), "en": Locale("en", "GB")}
"""Swedish as in Finland; English dates and sums the European way."""
DEFAULT = "fi"
_DAY = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMM y"}
_SEPARATOR = {"fi": ".", "sv": ".", "en": ":"}
_AT = {"fi": "klo\N{NO-BREAK SPACE}", "sv": "kl.\N{NO-BREAK SPACE}", "en": ""}
_BEFORE_TIME = {"fi": " ", "sv": " ", "en": ", "}


def known(language: str) -> str:
    """The language if it is one of ours, else Finnish."""
    return language if language in LOCALES else DEFAULT


def locale_of(language: str) -> Locale:
    """The locale of a language, of Finnish for one that is not ours."""
    return LOCALES[known(language)]


def day(value: date, language: str) -> str:
    """`31.12.2026`, in English `31 Dec 2026`."""
    return format_date(value, _DAY[known(language)], locale=locale_of(language))


def weekday(value: date, language: str) -> str:
    """`to 31.12.2026`, in English `Thu 31 Dec 2026`."""
    return format_date(value, f"ccc {_DAY[known(language)]}", locale=locale_of(language))


def time_of_day(value: datetime, language: str) -> str:
    """`9.05`, in English `9:05`."""
    return f"{value.hour}{_SEPARATOR[known(language)]}{value.minute:02d}"


def moment(value: datetime, language: str) -> str:
    """`31.12.2026 klo 9.05`, in Swedish `31.12.2026 kl. 9.05`, in English `31 Dec 2026, 9:05`."""
    return f"{day(value, language)}{_BEFORE_TIME[known(language)]}{_at(value, language)}"


def hours(starts: datetime, ends: datetime, language: str) -> str:
    """`klo 9.00-16.00`, with an en dash; with the last day when it is another: `klo 9.00 - 14.3.2027 klo 12.00`."""
    if starts.date() == ends.date():
        return f"{_at(starts, language)}\N{EN DASH}{time_of_day(ends, language)}"
    return f"{_at(starts, language)} \N{EN DASH} {moment(ends, language)}"


def span(starts: datetime, ends: datetime, language: str) -> str:
    """`pe 12.3.2027 klo 9.00-16.00`; both days when it ends on another."""
    between = _BEFORE_TIME[known(language)]
    if starts.date() == ends.date():
        return f"{weekday(starts, language)}{between}{hours(starts, ends, language)}"
    return " \N{EN DASH} ".join(f"{weekday(each, language)}{between}{_at(each, language)}" for each in (starts, ends))


def money(amount: Decimal, language: str, currency: str = "EUR") -> str:
    """`1 234,50 €`, in English `€1,234.50`."""
    return format_currency(amount, currency, locale=locale_of(language))


def _at(value: datetime, language: str) -> str:
    return f"{_AT[known(language)]}{time_of_day(value, language)}"
