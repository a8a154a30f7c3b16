"""Single tests of segments as SQL on columns: every value is a bound parameter."""

import operator
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, and_, false, func, literal, not_, or_, true
from sqlalchemy.dialects.postgresql import JSONB

from chassis import clock
from services.contacts.rules.segment_fields import Kind
from services.contacts.rules.segments import Test

Condition = ColumnElement[bool]
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {"eq": operator.eq, "gte": operator.ge, "lte": operator.le}


def on_column(column: ColumnElement[Any], test: Test) -> Condition:
    """The test on a column of its kind; not yet two-valued, and not for opposites."""
    if test.kind is Kind.TEXT:
        return text(func.lower(column), test)
    if test.kind is Kind.CHOICE:
        return text(column, test)
    if test.kind is Kind.MANY:
        return many(column, test)
    if test.kind is Kind.FLAG:
        return column if test.value else not_(column)
    return ordered(column, test)


def text(lower: ColumnElement[Any], test: Test) -> Condition:
    """A text or code in lower case."""
    if test.op == "empty":
        return or_(lower.is_(None), lower == "")
    if test.op == "in":
        return lower.in_([_lower(value) for value in test.value])
    value = _lower(test.value)
    if test.op == "contains":
        return lower.contains(value, autoescape=True)
    if test.op == "starts":
        return lower.startswith(value, autoescape=True)
    same: Condition = lower == value
    return same


def _lower(text: str) -> str:
    """As the database does it, letter by letter: Python makes two of one İ, and another Σ at the end of a word."""
    return "".join(letter.lower()[0] for letter in text)


def ordered(column: ColumnElement[Any], test: Test) -> Condition:
    """A number, a day, a time or an id."""
    if test.op == "empty":
        return column.is_(None)
    if test.op == "in":
        return column.in_([_known_as(value, test.kind) for value in test.value])
    if test.kind is Kind.TIME and not isinstance(test.value, datetime):
        return on_day_of(column, test)
    compared: Condition = COMPARISONS[test.op](column, _known_as(test.value, test.kind))
    return compared


def _known_as(value: Any, kind: Kind) -> Any:
    """What an id leads to: a segment goes on when the organisation that it names was merged into another."""
    return func.known_as(value) if kind is Kind.ID else value


def given(column: ColumnElement[Any]) -> Condition:
    """A text or code is not empty, as indexes of those that have one know it; unknown where there is nothing."""
    some: Condition = column != ""
    return some


def on_day_of(moment: ColumnElement[Any], test: Test) -> Condition:
    """The day of a time where the association is, as bounds of that time, for indexes."""
    if test.op == "empty":
        return moment.is_(None)
    if test.op == "in":
        return or_(false(), *(and_(*_within(moment, "eq", day)) for day in test.value))
    return and_(true(), *_within(moment, test.op, test.value))


def _within(moment: ColumnElement[Any], op: str, day: date) -> Iterable[Condition]:
    if op in {"eq", "gte"}:
        yield moment >= clock.start_of(day)
    if op in {"eq", "lte"}:
        yield moment < clock.start_of(day + timedelta(days=1)) if day < date.max else moment.is_not(None)


def many(column: ColumnElement[Any], test: Test) -> Condition:
    """A JSON list of texts."""
    if test.op == "empty":
        return _no_items(column)
    values = test.value if test.op == "in" else (test.value,)
    return or_(false(), *(column.op("@>", is_comparison=True)(literal([value], JSONB)) for value in values))


def objects(column: ColumnElement[Any], part: str, test: Test) -> Condition:
    """A JSON list of objects with this part: further addresses and numbers."""
    if test.op == "empty":
        return _no_items(column)
    values = test.value if test.op == "in" else (test.value,)
    wanted = (literal([{part: value.lower()}], JSONB) for value in values)
    return or_(false(), *(column.op("@>", is_comparison=True)(each) for each in wanted))


def _no_items(column: ColumnElement[Any]) -> Condition:
    none: Condition = func.coalesce(column, literal([], JSONB)) == literal([], JSONB)
    return none


def additional(fields: ColumnElement[Any], code: str, test: Test) -> Condition:
    """A value in a column of additional fields: `fields @> {code: value}` where it can be, for the index."""
    value = fields[code]
    if test.kind is Kind.MANY:
        if test.op == "empty":
            return _no_items(value)
        values = test.value if test.op == "in" else (test.value,)
        return or_(false(), *(_holds(fields, {code: [each]}) for each in values))
    if test.kind is Kind.FLAG:
        held = _holds(fields, {code: True})
        return held if test.value else not_(func.coalesce(held, false()))
    if test.kind is Kind.CHOICE and test.op in {"eq", "in"}:
        values = test.value if test.op == "in" else (test.value,)
        return or_(false(), *(_holds(fields, {code: each.lower()}) for each in values))
    if test.kind in {Kind.TEXT, Kind.CHOICE}:
        return text(func.lower(value.astext), test)
    if test.op == "empty":
        return value.is_(None)
    return ordered(value, _as_json(test))


def _holds(fields: ColumnElement[Any], content: dict[str, Any]) -> Condition:
    return fields.op("@>", is_comparison=True)(literal(content, JSONB))


def _as_json(test: Test) -> Test:
    """Numbers and ISO dates keep their order as JSON values."""
    values = test.value if test.op == "in" else (test.value,)
    plain = [
        func.to_jsonb(literal(value, Numeric), type_=JSONB)
        if isinstance(value, Decimal)
        else literal(str(value), JSONB)
        for value in values
    ]
    return Test(test.field, test.kind, test.op, plain if test.op == "in" else plain[0])
