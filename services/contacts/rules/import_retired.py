"""Choices that are retired in the rows of an import: a file says nothing by them, and they cost no row (C7, C11).

They are not taken and not confirmed, whatever a contact has: then files of several sources end the same in every order,
also when the choice was retired in between. Whoever has one keeps it until something else is said.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from services.contacts.rules.fields import retired_codes

Retired = Mapping[str, frozenset[str]]
"""Choices that are retired, by code of their field."""
NONE: Retired = {}


def retired_choices(definitions: Iterable[Any]) -> Retired:
    """Of all fields that have any."""
    return {each.code: codes for each in definitions if (codes := retired_codes(each))}


def set_apart(columns: dict[str, Any] | None, retired: Retired) -> None:
    """Move such choices of a staged contact from `fields` to `retired`, each as a list."""
    if not retired or columns is None or "fields" not in columns:
        return
    fields = columns["fields"]
    named = {code: found for code in fields if (found := _named(fields[code], retired.get(code, frozenset())))}
    if not named:
        return
    rest = {code: _without(fields[code], codes) for code, codes in named.items()}
    columns["fields"] = {code: value for code, value in (fields | rest).items() if value or code not in named}
    columns["retired"] = named


def not_held(named: Mapping[str, list[str]], fields: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """Which of the named ones a contact with these fields does not have."""
    had = fields or {}
    left = {code: [each for each in codes if each not in _several(had.get(code))] for code, codes in named.items()}
    return {code: codes for code, codes in left.items() if codes}


def staying(value: Any, retired: Container[str]) -> list[str]:
    """What of a list of choices no master's file takes away, as it says nothing of it."""
    return [each for each in value if each in retired] if isinstance(value, list) else []


def _named(value: Any, retired: frozenset[str]) -> list[str]:
    return [each for each in _several(value) if each in retired] if retired else []


def _without(value: Any, named: list[str]) -> Any:
    return [each for each in value if each not in named] if isinstance(value, list) else None


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
