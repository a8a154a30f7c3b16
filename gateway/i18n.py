"""Language of a request, and local forms of sums, numbers, dates and times.

Finnish is the default; `?lang=` chooses another and is remembered in a cookie, else the browser's wish counts.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel import dates as babel_dates
from babel import lists as babel_lists
from babel import numbers as babel_numbers
from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale, get_timezone

from chassis import local_forms
from gateway import catalogs
from gateway.local_input import looks_grouped
from gateway.phone_numbers import grouped

LANGUAGES: Final[Mapping[str, str]] = {"fi": "Suomi", "sv": "Svenska", "en": "English"}
"""Codes and own names, in the order of the language switch."""
DEFAULT: Final = "fi"
COOKIE: Final = "talkoo_lang"
_A_YEAR: Final = 365 * 24 * 3600


def init_i18n(app: Flask, *, time_zone: str = "Europe/Helsinki", secure_cookie: bool = False) -> None:
    """Set up translations, the language of each request, and the filters of templates."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(catalogs.compile_all()))
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone=time_zone,
        locale_selector=language,
        timezone_selector=lambda: time_zone,
    )
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(
        languages=LANGUAGES, language=language, language_url=language_url, date_range=date_range
    )

    @app.after_request
    def remember(response: Response) -> Response:
        chosen = request.args.get("lang", "")
        if chosen in LANGUAGES:
            response.set_cookie(COOKIE, chosen, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=secure_cookie)
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Language", language())
            response.vary.update(("Accept-Language", "Cookie"))
        return response


def language() -> str:
    """Language code of this request: asked for, chosen before, the account's own, the browser's, else Finnish."""
    wishes = (request.args.get("lang"), request.cookies.get(COOKIE), g.get("account_language"), *_browser_wishes())
    return next((wish for wish in wishes if wish in LANGUAGES), DEFAULT)


def api_language() -> str:
    """Language of a program's request: its Accept-Language, else English."""
    return next((wish for wish in _browser_wishes() if wish in LANGUAGES), "en")


def _browser_wishes() -> list[str]:
    """Languages without regions, the dearest first: `sv-FI, en;q=0.5` is sv, en."""
    return [tag.partition("-")[0].lower() for tag in request.accept_languages.values()]


def language_url(code: str) -> str:
    """This page in another language, with its other query parameters."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{quote(request.path)}?{urlencode([*query, ('lang', code)])}"


def money(value: Any, currency: str = "EUR") -> str:
    """A sum in local form: `1 234,50 €`. Takes a decimal, or a sum with `amount` and `currency` (object or mapping)."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        value, currency = value["amount"], value["currency"]
    elif hasattr(value, "amount"):
        value, currency = value.amount, value.currency
    return local_forms.money(Decimal(value), _language(), currency)


def number(value: Decimal | int | None, decimals: int | None = None) -> str:
    """A number with local grouping and all its decimals: `12 345,6`; with `decimals`, exactly that many."""
    if value is None:
        return ""
    if decimals is None:
        return str(babel_numbers.format_decimal(value, locale=_locale(), decimal_quantization=False))
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(babel_numbers.format_decimal(value, format=pattern, locale=_locale()))


def typed_number(value: Decimal | int | None) -> str:
    """A number as a form shows it, which `local_input.parse_decimal` reads as exactly the same: `12345,6`."""
    if value is None:
        return ""
    text = babel_numbers.format_decimal(value, locale=_locale(), group_separator=False, decimal_quantization=False)
    return f"{text}0" if looks_grouped(text) else text


def percent(share: Decimal | float | None, decimals: int = 0) -> str:
    """A share of one as per cent: 0.255 with one decimal is `25,5 %`."""
    if share is None:
        return ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + ("%" if _locale().language == "en" else "\xa0%")
    return str(babel_numbers.format_percent(share, format=pattern, locale=_locale()))


def local_date(value: date | datetime | None) -> str:
    """A day in figures: `31.12.2026`; a time as its day in the association's time zone."""
    if value is None:
        return ""
    day = _local(value).date() if isinstance(value, datetime) else value
    return local_forms.day(day, _language())


def long_date(value: date | datetime | None) -> str:
    """A day in words: `torstai 31. joulukuuta 2026`."""
    if value is None:
        return ""
    day = _local(value).date() if isinstance(value, datetime) else value
    return str(babel_dates.format_date(day, format="full", locale=_locale()))


def weekday(value: date | datetime) -> str:
    """The short name of a day's place in its week: `to`."""
    day = _local(value).date() if isinstance(value, datetime) else value
    return str(babel_dates.format_date(day, format="ccc", locale=_locale()))


def clock_time(value: datetime | None) -> str:
    """Time of day in the association's time zone: `9.05`, in English `9:05`."""
    return "" if value is None else local_forms.time_of_day(_local(value), _language())


def date_time(value: datetime | None) -> str:
    """Day and time of day: `31.12.2026 klo 9.05`."""
    return "" if value is None else local_forms.moment(_local(value), _language())


def hours(starts: datetime, ends: datetime) -> str:
    """`klo 9.00–15.00`, with the last day when it is another."""
    return local_forms.hours(_local(starts), _local(ends), _language())


def date_range(starts: date | None, ends: date | None) -> str:
    """A period, both days included: `1.1.2026–31.12.2026`; one without an end as `1.1.2026–`."""
    return local_date(starts) if starts == ends else f"{local_date(starts)}–{local_date(ends)}"


def machine_date(value: date | datetime) -> str:
    """For the `datetime` attribute of `<time>`: ISO 8601, times in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def words(values: list[str]) -> str:
    """`a, b ja c`."""
    return str(babel_lists.format_list(values, locale=_locale()))


def _language() -> str:
    chosen = get_locale()
    return str(chosen.language) if chosen else DEFAULT


def _locale() -> Locale:
    return local_forms.locale_of(_language())


def _local(value: datetime) -> datetime:
    zone = get_timezone()
    return value.astimezone(zone if zone is not None else ZoneInfo("Europe/Helsinki"))


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "money": money,
    "number": number,
    "percent": percent,
    "date": local_date,
    "long_date": long_date,
    "weekday": weekday,
    "time": clock_time,
    "date_time": date_time,
    "machine_date": machine_date,
    "words": words,
    "phone": grouped,
}
"""Jinja filters; `date_range(starts, ends)` is a global."""
