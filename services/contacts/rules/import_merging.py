"""What an imported row changes in a contact that is known: empty cells change nothing, lists grow."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from contracts.contacts.basics import MOST_OTHERS, MOST_TAGS
from services.contacts.rules.import_retired import NONE, Retired, staying

LISTS = {"tags": MOST_TAGS, "other_phones": MOST_OTHERS, "other_emails": MOST_OTHERS}
"""Lists that grow, and how long at most."""


def changes(
    stored: dict[str, Any], given: dict[str, Any], replaced: Collection[str] = (), retired: Retired = NONE
) -> dict[str, Any]:
    """The columns that change, with their new values. Both are columns of one table in JSON.

    Lists among the `replaced` fields do not grow, but keep choices that are retired.
    """
    before = _emptied(stored, [each for each in replaced if _says(given, each)], retired)
    merged = {name: _merged(name, before[name], value) for name, value in given.items()}
    return {name: value for name, value in merged.items() if value != stored[name]}


def without_room(stored: dict[str, Any], given: dict[str, Any], replaced: Collection[str] = ()) -> dict[str, list[str]]:
    """What of the given finds no room in a list that is full, in words, by column."""
    found = {name: _left(name, stored[name], given[name]) for name in LISTS if name in given and name not in replaced}
    return {name: [_in_words(each) for each in left] for name, left in found.items() if left}


def _emptied(stored: dict[str, Any], replaced: Collection[str], retired: Retired) -> dict[str, Any]:
    if not replaced:
        return stored
    kept = stored["fields"]
    left = {code: staying(kept[code], retired.get(code, ())) for code in kept if f"fields.{code}" in replaced}
    fields = {code: value for code, value in (kept | left).items() if value or code not in left}
    return {**stored, "fields": fields, **{name: [] for name in LISTS if name in replaced}}


def _says(given: Mapping[str, Any], field: str) -> bool:
    name, _dot, code = field.partition(".")
    return code in given.get(name, {}) if code else name in given


def _left(name: str, old: list[Any], new: list[Any]) -> list[Any]:
    merged = _merged(name, old, new)
    return [each for each in new if each not in merged]


def _in_words(entry: Any) -> str:
    return str(entry if isinstance(entry, str) else entry.get("number") or entry.get("address"))


def grows(field: str, value: Any) -> bool:
    """Whether a file adds to the field, here with its value, instead of replacing it."""
    return field in LISTS or (field.startswith("fields.") and isinstance(value, list))


def may_grow(field: str) -> bool:
    """The same where no value is known: of additional fields only multiple choices do."""
    return field in LISTS or field.startswith("fields.")


def value_of(columns: Mapping[str, Any], field: str) -> Any:
    """The value of a field among columns in JSON."""
    name, _dot, code = field.partition(".")
    return columns["fields"].get(code) if code else columns[name]


def _merged(name: str, old: Any, new: Any) -> Any:
    if name == "tags":
        return sorted(_longer(name, old, sorted(new)))
    if name == "fields":
        return {**old, **{code: _field(old.get(code), value) for code, value in new.items()}}
    if name in LISTS:
        longer = _longer(name, old, new)
        return longer if longer == old else in_order(longer)
    if name == "addresses":
        return with_address(old, new[0])
    return new


def _longer(name: str, old: list[Any], new: list[Any]) -> list[Any]:
    return [*old, *(each for each in new if each not in old)][: max(len(old), LISTS[name])]


def in_order(entries: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Further numbers or addresses, in whatever order files have brought them."""
    return sorted(entries, key=lambda each: sorted(each.items()))


def _field(old: Any, new: Any) -> Any:
    """Choices of a multiple choice are added."""
    return sorted({*old, *new}) if isinstance(old, list) and isinstance(new, list) else new


def with_address(old: list[dict[str, Any]], new: dict[str, Any]) -> list[dict[str, Any]]:
    """The address of this purpose with what is given of it, or one more address."""
    for number, address in enumerate(old):
        if address.get("purpose", "postal") == new["purpose"]:
            return [*old[:number], {**address, **new}, *old[number + 1 :]]
    return [*old, new]
