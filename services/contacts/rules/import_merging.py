"""What an imported row changes in a contact that is known: empty cells change nothing, lists grow."""

from typing import Any

from contracts.contacts.basics import MOST_OTHERS

LISTS = frozenset({"tags", "other_phones", "other_emails"})


def changes(stored: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The columns that change, with their new values. Both are columns of one table in JSON."""
    merged = {name: _merged(name, stored[name], value) for name, value in given.items()}
    return {name: value for name, value in merged.items() if value != stored[name]}


def grows(field: str, value: Any) -> bool:
    """Whether a file adds to the field, here with its value, instead of replacing it."""
    return field in LISTS or (field.startswith("fields.") and isinstance(value, list))


def _merged(name: str, old: Any, new: Any) -> Any:
    if name == "tags":
        return sorted({*old, *new})
    if name == "fields":
        return {**old, **{code: _field(old.get(code), value) for code, value in new.items()}}
    if name in {"other_phones", "other_emails"}:
        return [*old, *(each for each in new if each not in old)][: max(len(old), MOST_OTHERS)]
    if name == "addresses":
        return _with_address(old, new[0])
    return new


def _field(old: Any, new: Any) -> Any:
    """Choices of a multiple choice are added."""
    return sorted({*old, *new}) if isinstance(old, list) and isinstance(new, list) else new


def _with_address(old: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """The address of this purpose with what is given of it, or one more address."""
    for number, address in enumerate(old):
        if address.get("purpose", "postal") == new["purpose"]:
            return [*old[:number], {**address, **new}, *old[number + 1 :]]
    return [*old, new]
