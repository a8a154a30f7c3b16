"""The builder of segments: rows and groups as they stand in the form, from it and back, and as a filter.

A row is `{"field", "op", "value"}`, a group `{"join", "has", "least", "parts"}`; `has` names the things that all of the
group's rows are about. The form names what stands at the second place of the third part of the whole `field_2-1`.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from flask import request

MOST_ROWS: Final = 60
DEEPEST: Final = 4
"""What the buttons make; programs make more and deeper filters, which are read as they are."""
MOST_READ: Final = 2_000
"""200 tests (services.contacts.rules.segments), each in groups of its own, 10 deep."""
PATH: Final = re.compile(r"(field|join)_([0-9]{1,2}(?:-[0-9]{1,2}){0,10})")
WHOLE: Final = "whole"
Draft = dict[str, Any]


def row(field: str = "", op: str = "eq", value: str = "") -> Draft:
    """A row, empty unless said otherwise."""
    return {"field": field, "op": op, "value": value}


def group(*parts: Draft, join: str = "all", has: str = "", least: str = "") -> Draft:
    """A group of rows and groups."""
    return {"join": join, "has": has, "least": least, "parts": list(parts)}


def is_group(draft: Draft) -> bool:
    """Whether this is a group and not a row."""
    return "parts" in draft


def named(part: str, path: str) -> str:
    """The name of a field of the form."""
    return f"{part}_{path}" if path else part


def below(path: str, place: int) -> str:
    """The path of a part of what stands at a path."""
    return f"{path}-{place}" if path else str(place)


def typed() -> Draft:
    """What stands in the form that was sent."""
    whole = _typed_group("") | {"was": WHOLE}
    found = [PATH.fullmatch(name) for name in request.form]
    paths = sorted(([int(place) for place in each[2].split("-")], each[1]) for each in found if each is not None)
    groups: dict[str, Draft] = {"": whole}
    for places, kind in paths[:MOST_READ]:
        path = "-".join(map(str, places))
        parent = groups.get("-".join(map(str, places[:-1])))
        if parent is None:
            continue
        part = _typed_group(path) if kind == "join" else row(*(_typed(each, path) for each in ("field", "op", "value")))
        parent["parts"].append(part | {"was": path})
        if kind == "join":
            groups[path] = parent["parts"][-1]
    return whole


def _typed(part: str, path: str) -> str:
    return request.form.get(named(part, path), "").strip()


def _typed_group(path: str) -> Draft:
    return group(join=_typed("join", path) or "all", has=_typed("has", path), least=_typed("least", path))


def after_button(whole: Draft, relation: str) -> Draft:
    """The draft after a button of the form: a row or group more at the end of a group, or one taken away.

    No button is called `remove`: it would hide the method of the form that htmx calls.

    A new group about one thing begins with things of `relation`.
    """
    if "take_away" in request.form:
        return _without(whole, request.form["take_away"])
    new = {"add": row(), "add_group": group(row(), join="any"), "add_has": group(row(), has=relation)}
    button = next((each for each in new if each in request.form), None)
    if button is None or sum(1 for _each in walked(whole)) > MOST_ROWS:
        return whole
    return _with(whole, request.form[button], new[button])


def _without(draft: Draft, was: str) -> Draft:
    kept = [_without(each, was) if is_group(each) else each for each in draft["parts"] if each["was"] != was]
    return {**draft, "parts": kept}


def _with(draft: Draft, was: str, new: Draft) -> Draft:
    if draft["was"] == was:
        return {**draft, "parts": [*draft["parts"], new]}
    return {**draft, "parts": [_with(each, was, new) if is_group(each) else each for each in draft["parts"]]}


def walked(draft: Draft, path: str = "") -> Iterator[tuple[str, Draft]]:
    """The draft and all its parts, each with its path now."""
    yield path, draft
    for place, part in enumerate(draft.get("parts", ())):
        yield from walked(part, below(path, place))


def values(whole: Draft) -> dict[str, str]:
    """The fields of the form by name."""
    return {
        named(part, path): value
        for path, draft in walked(whole)
        for part, value in draft.items()
        if part not in {"parts", "was"}
    }
