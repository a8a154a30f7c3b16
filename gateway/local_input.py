"""Days, times and sums as people type them, in Finnish form first, in others where they cannot be mistaken."""

import re
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Final

_LOCAL_DATE: Final = re.compile(r"(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})", re.ASCII)
_ISO_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2})(?:[.:](\d{2}))?", re.ASCII)
_SPACES: Final = re.compile(r"[\s\u00a0\u202f']+")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+", re.ASCII)


class NotUnderstood(ValueError):
    """The text has no single reading as a date or a sum."""


def parse_date(text: str) -> date | None:
    """`31.12.2026`, `31/12/2026` (day first) or `2026-12-31`; empty text is None. Raises NotUnderstood."""
    text = text.strip()
    if not text:
        return None
    if match := _LOCAL_DATE.fullmatch(text):
        day, month, year = match.groups()
    elif match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    else:
        raise NotUnderstood(text)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise NotUnderstood(text) from None


def parse_time(text: str) -> time | None:
    """`9.05`, `9:05` or `9`, by 24 hours; empty text is None. Raises NotUnderstood."""
    text = text.strip()
    if not text:
        return None
    match = _TIME.fullmatch(text)
    if match is None:
        raise NotUnderstood(text)
    try:
        return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        raise NotUnderstood(text) from None


def parse_decimal(text: str) -> Decimal | None:
    """`1 234,50`, `1234.50`, `1.234,50`, `1,234.50`, with or without `€`; empty text is None.

    Raises NotUnderstood, also for `1.234` and `1,234`, which are a thousand to some and one and a bit to others.
    """
    bare = _SPACES.sub("", text).replace("\u2212", "-").removesuffix("€").removesuffix("EUR")
    if not bare:
        return None
    if looks_grouped(bare):
        if len(re.findall(r"[.,]", bare)) == 1 or len(set(re.findall(r"[.,]", bare))) > 1:
            raise NotUnderstood(text)
        return Decimal(re.sub(r"[.,]", "", bare))
    normal = _with_decimal_point(bare)
    if _NUMBER.fullmatch(normal) is None:
        raise NotUnderstood(text)
    try:
        return Decimal(normal)
    except InvalidOperation:
        raise NotUnderstood(text) from None


def looks_grouped(text: str) -> bool:
    """Whether marks may group thousands, as that of `1,234`; that of `1,2340` does not."""
    return _GROUPED.fullmatch(text) is not None and not text.lstrip("+-").startswith("0")


def _with_decimal_point(bare: str) -> str:
    """The last of `.` and `,` is the decimal mark; the other one may only group thousands."""
    mark = max(".", ",", key=bare.rfind)
    if mark not in bare:
        return bare
    whole, decimals = bare.rsplit(mark, 1)
    if re.search(r"[.,]", whole):
        if not _GROUPED.fullmatch(whole) or mark in whole:
            return ""
        whole = re.sub(r"[.,]", "", whole)
    return f"{whole}.{decimals}"
