"""Cells of exported files: as a spreadsheet shows them, and none that it would take for a formula (C10)."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from chassis.formulas import inert

DECIMAL_COMMA: Final = ("fi", "sv")


def plain(value: Any, words: dict[str, str]) -> Any:
    """A stored value as JSON keeps it between reading and writing: a text, a number, or `{"day": ...}`."""
    if isinstance(value, str):
        return words.get(value, str(value))
    if isinstance(value, bool):
        return words.get("yes" if value else "no", "yes" if value else "no")
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list):
        return ", ".join(str(plain(each, words)) for each in value)
    if isinstance(value, dict):
        return " ".join(words.get(str(each), str(each)) for each in value.values() if each)
    return value if isinstance(value, int | float) else words.get(str(value), str(value))


def as_text(cell: Any, language: str) -> str:
    """The cell of a CSV file."""
    if isinstance(cell, str):
        return inert(cell)
    if cell is None:
        return ""
    if isinstance(cell, dict):
        day = date.fromisoformat(cell["day"])
        return f"{day.day}.{day.month}.{day.year}" if language in DECIMAL_COMMA else day.isoformat()
    if isinstance(cell, int | float):
        text = f"{Decimal(str(cell)).normalize():f}"
        return text.replace(".", ",") if language in DECIMAL_COMMA else text
    return inert(str(cell))
