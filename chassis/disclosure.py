"""What a service tells a person of what it holds about them: the rows of its holdings (chassis.personal_data, C17)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import Column, ColumnElement, Connection, cast, or_, select, tuple_

from chassis.paging import decode_cursor, encode_cursor
from chassis.personal_data import Holding, holdings, known_ids
from contracts.base import Page
from contracts.errors import Invalid
from contracts.personal_data import HeldRow, ListHeld

OURS_ALONE: Final = frozenset(
    {"version", "search", "fingerprint", "key", "attempts", "next_at", "checks", "next_check_at"}
)
"""Columns by which the suite works; what they are made of is told besides."""
BEGINNINGS: Final = ("merged_person", "merged_payer", "merged_customer")
ENDINGS: Final = ("_hash", "_key")


def columns(holding: Holding) -> list[Column[Any]]:
    """The columns of a holding that are told, in the order of its table."""
    return [each for each in holding.model.__table__.columns if not _is_ours(each.name, holding)]


def _is_ours(name: str, holding: Holding) -> bool:
    return name in OURS_ALONE or name in holding.withheld or name.startswith(BEGINNINGS) or name.endswith(ENDINGS)


def list_held(connection: Connection, service: str, request: ListHeld, label: str, *, to_person: bool) -> Page[HeldRow]:
    """Rows about a person, a page holds rows of one kind; private ones of others than `label` are left out.

    `to_person` leaves out what the office wrote for itself: it gives that when it has read it.
    """
    ids = known_ids(connection, service, request.person_id)
    told = [each for each in holdings(service) if each.told and not (to_person and each.notes)]
    place, after = _position(request.cursor)
    for number, holding in enumerate(told[place:], place):
        rows = _rows(connection, holding, _told_of(holding, ids, label), after, request.limit + 1)
        if rows:
            more = len(rows) > request.limit
            shown = rows[: request.limit]
            there = [number, _place_of(holding, shown[-1])] if more else [number + 1, "[]"]
            cursor = encode_cursor(there) if more or number + 1 < len(told) else None
            data = [_told(holding, row) for row in shown]
            return Page[HeldRow](data=data, next_cursor=cursor, has_more=cursor is not None)
        after = []
    return Page[HeldRow](data=[])


def _position(cursor: str | None) -> tuple[int, list[str]]:
    """The number of a holding, and the primary key of the last row told of it."""
    number, text = decode_cursor(cursor, 2) or [0, "[]"]
    try:
        after = orjson.loads(str(text))
    except ValueError:
        after = None
    if not isinstance(number, int) or number < 0 or not isinstance(after, list):
        raise Invalid.field("/cursor", "bad_cursor", "This cursor is not one of ours; start at the first page.")
    return number, [str(each) for each in after]


def _told_of(holding: Holding, ids: Sequence[UUID], label: str) -> ColumnElement[bool]:
    model = holding.model
    about = holding.about(model, ids)
    return about & or_(~model.private, getattr(model, holding.author) == label) if holding.author else about


def _rows(
    connection: Connection, holding: Holding, told: ColumnElement[bool], after: list[str], limit: int
) -> list[Any]:
    table = holding.model.__table__
    key = list(table.primary_key)
    query = select(table).where(told).order_by(*key).limit(limit)
    if len(after) == len(key):
        last = [cast(value, column.type) for value, column in zip(after, key, strict=True)]
        query = query.where(tuple_(*key) > tuple_(*last))
    return list(connection.execute(query))


def _place_of(holding: Holding, row: Any) -> str:
    return orjson.dumps([str(row._mapping[column]) for column in holding.model.__table__.primary_key]).decode()


def _told(holding: Holding, row: Any) -> HeldRow:
    values = {column.name: row._mapping[column] for column in columns(holding)}
    keys = [row._mapping[name] for name in holding.files]
    return HeldRow(kind=holding.name, values=values, file_keys=[key for key in keys if key])
