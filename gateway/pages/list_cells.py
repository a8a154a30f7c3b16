"""One cell of a list of persons or organisations, whichever column the user has chosen (C8)."""

from datetime import date, datetime
from typing import Any, Final

from markupsafe import Markup

from gateway.field_definitions import Definitions
from gateway.i18n import LANGUAGES, local_date, money
from gateway.pages.field_words import value_in_words
from gateway.pages.history_words import in_words
from gateway.phone_numbers import grouped

USUAL: Final = frozenset({"city", "email", "phone", "business_id"})
NUMBER: Final = Markup('<span class="nowrap">{}</span>')
TIMES: Final = frozenset({"created_at", "updated_at"})


def cell(row: Any, key: str, known: Definitions, kind: str) -> Any:
    """What the row shows in the column `key`; an empty text without a value."""
    if key in USUAL and hasattr(row, key):
        shown = getattr(row, key) or ""
        return NUMBER.format(grouped(shown)) if shown and key == "phone" else shown
    value = row.more.get(key)
    if value is None:
        return ""
    if key.startswith("fields."):
        field = known.by_code.get((kind, key.removeprefix("fields.")))
        return value_in_words(value, field) if field else ""
    if key == "birth_date":
        return local_date(date.fromisoformat(value))
    if key in TIMES:
        return local_date(datetime.fromisoformat(value))
    if key == "credit_limit":
        return money(value)
    if key == "language":
        return LANGUAGES[value]
    return Markup("<br>").join(value) if key == "organisations" else in_words(value, key)


def further(shown: list[str]) -> str:
    """What a list has to be asked for to show these columns: `show` of its request."""
    usual = {*USUAL, "tags"}
    return ",".join(key for key in shown if key not in usual)
