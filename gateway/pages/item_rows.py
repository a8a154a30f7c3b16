"""What there is to choose beside the first item, in the form of a session: rows of fields `row_<place>_<part>`.

A row is taken away by choosing no product in it; there is always an empty one for a new item.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import request

from contracts.courses import Session, SessionItem
from gateway.i18n import clock_time, local_date
from gateway.submitted import day, moment_of, needed, time_of_day, typed, without_empty

LANGUAGES: Final = ("fi", "sv", "en")
NAMES: Final = tuple(f"name_{each}" for each in LANGUAGES)
PARTS: Final = ("product_id", "id", *NAMES, "required", "day", "starts", "ends")
SHOWN_AS: Final = {"product_id": "product_id", "id": "product_id", "required": "required", "name": "name_fi",
                   **{f"name_{each}": f"name_{each}" for each in LANGUAGES},
                   "starts_at": "starts", "ends_at": "ends"}  # fmt: skip
"""Where a part of the contract's item stands in its row."""
MOST: Final = 49


def typed_rows() -> dict[str, str]:
    """The fields of all rows as they were typed."""
    values: dict[str, str] = {}
    for place in range(MOST):
        if _field(place, "product_id") in request.form:
            values |= typed(*(_field(place, part) for part in PARTS))
    return values


def shown_rows(session: Session) -> dict[str, str]:
    """The session's items after the first as fields."""
    rows = [_row(item) for item in session.items[1:]]
    return {_field(place, part): value for place, row in enumerate(rows) for part, value in row.items()}


def places(values: Mapping[str, Any]) -> list[int]:
    """Places of the rows in the form, and one more for a new item."""
    used = [place for place in range(MOST) if _field(place, "product_id") in values]
    return used if len(used) == MOST else [*used, max(used, default=-1) + 1]


def content(values: Mapping[str, Any]) -> str:
    """What the filled rows say, in one text, to see whether somebody changed it."""
    return json.dumps([[values[_field(place, part)] for part in PARTS] for place in _filled(values)])


def items_of(values: Mapping[str, Any], first: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items that the form asks for, the first before those of the rows; raises Invalid."""
    return [dict(first), *(_item(values, place) for place in _filled(values))]


def names_in_form(values: Mapping[str, Any]) -> dict[str, str]:
    """Where in the form the items of a request stand, for `submitted.state`."""
    first = {f"items_0_{part}": "product_id" for part in SHOWN_AS}
    return first | {
        f"items_{sent}_{part}": _field(place, shown)
        for sent, place in enumerate(_filled(values), start=1)
        for part, shown in SHOWN_AS.items()
    }


def _field(place: int, part: str) -> str:
    return f"row_{place}_{part}"


def _filled(values: Mapping[str, Any]) -> list[int]:
    return [place for place in range(MOST) if values.get(_field(place, "product_id"))]


def _row(item: SessionItem) -> dict[str, str]:
    names = {f"name_{each}": getattr(item.name, each) if item.name else "" for each in LANGUAGES}
    times = {"day": local_date(item.starts_at), "starts": clock_time(item.starts_at), "ends": clock_time(item.ends_at)}
    required = "yes" if item.required else ""
    return {"product_id": str(item.product_id), "id": str(item.id), **names, "required": required, **times}


def _item(values: Mapping[str, Any], place: int) -> dict[str, Any]:
    row = {part: values[_field(place, part)] for part in PARTS}
    name = without_empty({each: row[f"name_{each}"] for each in LANGUAGES})
    item = without_empty({"product_id": row["product_id"], "id": row["id"], "name": name or None})
    return item | {"required": bool(row["required"])} | _times(values, place)


def _times(values: Mapping[str, Any], place: int) -> dict[str, str]:
    names = [_field(place, part) for part in ("day", "starts", "ends")]
    given: dict[str, Any] = {name: values[name] for name in names}
    if not any(given.values()):
        return {}
    needed(given, *names)
    day(given, names[0])
    for name in names[1:]:
        time_of_day(given, name)
    on, starts, ends = names
    return {
        "starts_at": moment_of(given[on], given[starts], starts),
        "ends_at": moment_of(given[on], given[ends], ends),
    }
