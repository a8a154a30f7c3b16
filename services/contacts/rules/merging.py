"""What becomes of two cards that are one contact (C13): which values are kept, and what undoing gives back.

Values are the columns of a person or an organisation in JSON.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from contracts.contacts.about import ContactKind
from contracts.contacts.basics import MOST_OTHERS
from contracts.contacts.merges import Side

SHARED = (
    "email", "phone", "fax", "language", "customer_number", "customer_status", "payment_method", "payment_days",
    "delivery_method", "credit_limit",
)  # fmt: skip
SCALARS = {
    ContactKind.PERSON: ("given_name", "family_name", "title", "gender", "birth_date", *SHARED, "photo_key"),
    ContactKind.ORGANISATION: ("name", "business_id", "parent_id", *SHARED),
}
SETS = {ContactKind.PERSON: ("tags", "banned_channels"), ContactKind.ORGANISATION: ("tags",)}
FURTHER = {"other_emails": ("email", "address"), "other_phones": ("phone", "number")}
"""Lists of further ways to reach a contact: the column of the first one, and what an entry holds."""
CHOSEN = {kind: (*names, "addresses") for kind, names in SCALARS.items()}
MERGED_COLUMNS = {kind: (*names, *SETS[kind], *FURTHER, "fields") for kind, names in CHOSEN.items()}
MOST_ADDRESSES = 8
ADDITIONAL = "fields."
Values = dict[str, Any]


def unknown_choices(kind: ContactKind, choices: Iterable[str], survivor: Values, merged: Values) -> list[str]:
    """Names among the choices that name nothing of the two."""
    known = {*CHOSEN[kind], *(f"{ADDITIONAL}{code}" for code in (*survivor["fields"], *merged["fields"]))}
    return [name for name in choices if name not in known]


def merge(kind: ContactKind, survivor: Values, merged: Values, choices: Mapping[str, Side]) -> Values:
    """The survivor's columns as they are to be."""
    kept = {name: _chosen(survivor[name], merged[name], choices.get(name)) for name in SCALARS[kind]}
    kept["addresses"] = _addresses(survivor["addresses"], merged["addresses"], choices.get("addresses"))
    kept |= {name: _all_of(survivor[name], merged[name]) for name in SETS[kind]}
    kept |= {name: _further(name, kept, survivor, merged) for name in FURTHER}
    kept["fields"] = _fields(survivor["fields"], merged["fields"], choices)
    return kept


def _chosen(own: Any, other: Any, choice: Side | None) -> Any:
    """Without a choice what is there, the survivor's first."""
    if choice is None:
        return own if own not in (None, "", []) else other
    return own if choice is Side.SURVIVOR else other


def _all_of(own: list[str], other: list[str]) -> list[str]:
    return own if set(other) <= set(own) else sorted({*own, *other})


def _further(name: str, kept: Values, own: Values, other: Values) -> list[Values]:
    """All that either has, and what is not kept as the first one."""
    first, part = FURTHER[name]
    left_over = [{"kind": "other", part: each[first].lower()} for each in (own, other) if each[first]]
    seen, found = {str(kept[first]).lower()}, []
    for entry in [*own[name], *other[name], *left_over]:
        if entry[part].lower() not in seen:
            seen.add(entry[part].lower())
            found.append(entry)
    return found[:MOST_OTHERS]


def _fields(own: Values, other: Values, choices: Mapping[str, Side]) -> Values:
    codes = [*own, *(code for code in other if code not in own)]
    kept = {code: _chosen(own.get(code), other.get(code), choices.get(f"{ADDITIONAL}{code}")) for code in codes}
    return {code: value for code, value in kept.items() if value is not None}


def _addresses(own: list[Values], other: list[Values], choice: Side | None) -> list[Values]:
    """The addresses of the chosen side, and those of purposes that it has none for."""
    first, second = (other, own) if choice is Side.MERGED else (own, other)
    purposes = {_purpose(each) for each in first}
    return [*first, *(each for each in second if _purpose(each) not in purposes)][:MOST_ADDRESSES]


def _purpose(address: Values) -> str:
    return str(address.get("purpose", "postal"))


def keep(survivor: Values, wanted: Values, held: Iterable[str]) -> Values:
    """`wanted` with those fields of the survivor as they are that only their master changes."""
    kept = dict(wanted)
    for field in held:
        name, _dot, code = field.partition(".")
        if code:
            kept[name] = {key: value for key, value in kept[name].items() if key != code}
            kept[name] |= {code: survivor[name][code]} if code in survivor[name] else {}
        elif name in kept:
            kept[name] = survivor[name]
    return kept


def changed(old: Values, new: Values) -> tuple[Values, Values]:
    """What differs: as it was, and as it is."""
    names = [name for name in new if new[name] != old[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


def restored(now: Values, before: Values, after: Values) -> Values:
    """`now` without what a merge has changed from `before` to `after`; what was written since then stays."""
    return {
        name: RESTORE.get(name, _restored)(value, before[name], after[name]) if name in before else value
        for name, value in now.items()
    }


def _restored(now: Any, before: Any, after: Any) -> Any:
    return before if now == after else now


def _restored_items(now: list[Any], before: list[Any], after: list[Any]) -> list[Any]:
    if now == after:
        return before
    added = [each for each in after if each not in before]
    taken = [each for each in before if each not in after]
    return [*(each for each in now if each not in added), *(each for each in taken if each not in now)]


def _restored_set(now: list[str], before: list[str], after: list[str]) -> list[str]:
    return before if now == after else sorted(_restored_items(now, before, after))


def _restored_fields(now: Values, before: Values, after: Values) -> Values:
    if now == after:
        return before
    codes = [*now, *(code for code in before if code not in now)]
    found = {code: _restored(now.get(code), before.get(code), after.get(code)) for code in codes}
    return {code: value for code, value in found.items() if value is not None}


RESTORE: dict[str, Callable[[Any, Any, Any], Any]] = {
    "addresses": _restored_items,
    "other_emails": _restored_items,
    "other_phones": _restored_items,
    "tags": _restored_set,
    "banned_channels": _restored_set,
    "fields": _restored_fields,
}
