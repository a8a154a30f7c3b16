"""Additional fields (C6, C7): whether values fit the definitions that the office has made."""

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from contracts.contacts.fields import FieldType
from contracts.errors import FieldError

MAX_TEXT = 10_000
MAX_CHOICES = 100
WRITTEN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
"""Plain digits: Decimal takes `1_000`, `1e5` and digits of other scripts, too."""
MOST_DEFINITIONS = 2_000
"""Of one kind of contact, retired ones included."""


class Definition(Protocol):
    """What the check needs of a definition."""

    @property
    def type(self) -> FieldType: ...
    @property
    def choices(self) -> list[dict[str, Any]]: ...
    @property
    def retired(self) -> bool: ...


@dataclass(frozen=True)
class PlainField:
    """A definition outside of the database."""

    code: str
    label: dict[str, str]
    type: FieldType
    choices: list[dict[str, Any]]
    retired: bool

    @classmethod
    def of(cls, row: Any) -> "PlainField":
        """As the database has it."""
        return cls(row.code, row.label, row.type, row.choices, row.retired)


class DoesNotFit(ValueError):
    """A value is not what its field takes; `code` is stable, `params` fill the sentences it has in each language."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.params = {name: str(value) for name, value in params.items()}
        self.target = ""
        """What the column of an import means that is at fault, where several were put together."""


def merge(
    definitions: Mapping[str, Definition], existing: dict[str, Any], given: dict[str, Any]
) -> tuple[dict[str, Any], list[FieldError]]:
    """`existing` with the given values laid over it (None removes one), and what is wrong by /fields/<code>."""
    merged, errors = dict(existing), []
    for code, value in given.items():
        if code in existing and existing[code] == value:
            continue
        try:
            stored = _checked(definitions.get(code), code, value, existing.get(code))
        except DoesNotFit as error:
            errors.append(FieldError(pointer=f"/fields/{code}", code=error.code, message=str(error)))
            continue
        if stored is None:
            merged.pop(code, None)
        else:
            merged[code] = stored
    return merged, errors


def _checked(definition: Definition | None, code: str, value: Any, kept: Any) -> Any:
    if definition is None:
        raise DoesNotFit("unknown_field", f"There is no additional field {code}; define it in the settings first.")
    if value is None or value == "":
        return None
    if definition.retired:
        raise DoesNotFit("retired_field", f"The field {code} is retired; its values stay, but no new ones are taken.")
    return fit(definition, value, kept)


def fit(definition: Definition, value: Any, kept: Any = None) -> Any:
    """The value as it is stored; raises DoesNotFit. Choices that are retired stay where they are `kept`."""
    if definition.type is FieldType.CHOICE:
        return _choice(definition, value, [kept])
    if definition.type is FieldType.MULTI_CHOICE:
        return _multi_choice(definition, value, kept or [])
    return _RULES[definition.type](value)


def with_retired(stored: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices as given; what is left out of them is retired and goes last, so that its label is still known."""
    codes = {each["code"] for each in given}
    return [*given, *({**each, "retired": True} for each in stored if each["code"] not in codes)]


def retired_codes(definition: Definition) -> frozenset[str]:
    """Choices that stay where they are and go nowhere else."""
    return frozenset(each["code"] for each in definition.choices if each["retired"])


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise DoesNotFit("not_text", f"This must be a text of at most {MAX_TEXT} characters.", most=MAX_TEXT)
    if "\0" in value:
        raise DoesNotFit("not_text", "This text contains the control character U+0000; remove it.")
    return unicodedata.normalize("NFC", value.strip())


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise DoesNotFit("not_a_number", "This must be a number.")
    written = str(value).strip().replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if isinstance(value, str) and not WRITTEN_NUMBER.fullmatch(written):
        raise DoesNotFit("not_a_number", f"{value[:40]} is not a number.")
    number = Decimal(written)
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise DoesNotFit("not_a_number", "This number is too large.")
    return int(number) if number == number.to_integral_value() else float(number)


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (ValueError, TypeError):
        raise DoesNotFit("not_a_date", f"{str(value)[:40]} is not a date; write it as 2026-01-31.") from None


def _choice(definition: Definition, value: Any, kept: Container[Any]) -> str:
    open_codes = [each["code"] for each in definition.choices if not each["retired"]]
    if value not in open_codes and value not in kept:
        allowed = ", ".join(open_codes[:20])
        raise DoesNotFit("not_a_choice", f"{str(value)[:40]} is not one of the choices: {allowed}.")
    return str(value)


def _multi_choice(definition: Definition, value: Any, kept: Container[Any]) -> list[str]:
    if not isinstance(value, list) or len(value) > MAX_CHOICES:
        raise DoesNotFit("not_a_list", f"This must be a list of at most {MAX_CHOICES} choices.")
    return sorted({_choice(definition, each, kept) for each in value})


def _yes_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise DoesNotFit("not_yes_or_no", "This must be true or false.")
    return value


_RULES = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.YES_NO: _yes_no,
}
