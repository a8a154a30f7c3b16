"""Personal identity codes are refused in whatever a command brings (services.contacts.rules.personal_ids)."""

from collections.abc import Iterator
from typing import Any

from contracts.base import Data
from contracts.errors import FieldError, Invalid
from services.contacts.rules.personal_ids import holds_code

NEVER_STORED = "This holds a personal identity code, which is never stored; the day of birth is enough."


def texts_of(values: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Every text in nested values with its JSON pointer."""
    if isinstance(values, str):
        yield pointer, values
    elif isinstance(values, dict):
        for name, value in values.items():
            yield from texts_of(value, f"{pointer}/{name}")
    elif isinstance(values, list):
        for number, value in enumerate(values):
            yield from texts_of(value, f"{pointer}/{number}")


def refuse(request: Data) -> None:
    """Raise Invalid when texts of the request hold codes."""
    found = [pointer for pointer, text in texts_of(request.model_dump(exclude_none=True)) if holds_code(text)]
    if found:
        errors = [FieldError(pointer=pointer, code="personal_id", message=NEVER_STORED) for pointer in found]
        raise Invalid(NEVER_STORED, errors=errors)
