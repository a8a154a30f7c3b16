"""Lists in the form of a contact: addresses, further phone numbers and e-mail addresses.

The entry at a place has fields of its own, `<list>_<place>_<part>`; one is taken away by emptying it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.contacts.addresses import Address
from contracts.contacts.basics import MOST_OTHERS, OtherEmail, OtherPhone
from gateway.submitted import typed


@dataclass(frozen=True)
class Rows:
    """A list: what its entries are, the parts without which one is empty, how many there may be."""

    entry: type[Any]
    content: tuple[str, ...]
    most: int

    @property
    def parts(self) -> tuple[str, ...]:
        """The fields of an entry."""
        return tuple(self.entry.model_fields)


LISTS: Final = {
    "addresses": Rows(Address, ("street", "postal_code", "city"), 8),
    "other_phones": Rows(OtherPhone, ("number",), MOST_OTHERS),
    "other_emails": Rows(OtherEmail, ("address",), MOST_OTHERS),
}


def typed_lists() -> dict[str, str]:
    """The fields of all entries in which something is typed; empty ones are not shown again."""
    values: dict[str, str] = {}
    for name, rows in LISTS.items():
        for place in range(rows.most):
            entry = typed(*(f"{name}_{place}_{part}" for part in rows.parts))
            if any(entry[f"{name}_{place}_{part}"] for part in rows.content):
                values |= entry
    return values


def filled(values: Mapping[str, Any], name: str) -> list[tuple[int, dict[str, str]]]:
    """Places in the form and content of the entries in which something is typed."""
    rows, found = LISTS[name], []
    for place in range(rows.most):
        entry = {part: values.get(f"{name}_{place}_{part}", "") for part in rows.parts}
        if any(entry[part] for part in rows.content):
            found.append((place, entry))
    return found


def names_in_form(values: Mapping[str, Any]) -> dict[str, str]:
    """Where in the form the entries of the request stand, for `submitted.state`."""
    return {
        f"{name}_{sent}_{part}": f"{name}_{place}_{part}"
        for name, rows in LISTS.items()
        for sent, (place, _entry) in enumerate(filled(values, name))
        for part in rows.parts
    }


def shown(name: str, entries: Iterable[Any]) -> dict[str, str]:
    """Entries, in the contract's or the history's form, as fields of the form."""
    rows = LISTS[name]
    return {
        f"{name}_{place}_{part}": value
        for place, entry in enumerate(entries)
        for part, value in as_typed(rows, entry).items()
    }


def as_typed(rows: Rows, entry: Any) -> dict[str, str]:
    """One entry as the form holds it."""
    known = rows.entry.model_validate(entry) if isinstance(entry, dict) else entry
    return {part: str(getattr(known, part)) for part in rows.parts}


def places(values: Mapping[str, Any]) -> dict[str, list[int]]:
    """Places of the entries in the form by list, and one more in each for a new one."""
    found = {}
    for name, rows in LISTS.items():
        used = [place for place in range(rows.most) if f"{name}_{place}_{rows.content[0]}" in values]
        found[name] = used if len(used) == rows.most else [*used, max(used, default=-1) + 1]
    return found
