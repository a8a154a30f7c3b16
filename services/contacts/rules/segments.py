"""Segment filters (C10): from the JSON tree of the contract to a checked tree of tests.

A test says something true or false of every person, also of one whose field is empty: `ne` is the opposite of `eq`.
Texts are compared without regard to case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.contacts.fields import FieldType
from contracts.contacts.segments import SegmentFilter
from contracts.errors import Invalid

MAX_DEPTH = 10
MAX_TESTS = 200
MAX_VALUES = 1_000
MAX_VALUE_LENGTH = 200


class Kind(StrEnum):
    """What a field holds, which decides the operators it takes."""

    TEXT = "text"
    CHOICE = "choice"
    """A code; takes the same operators as a text."""
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    MANY = "many"
    ID = "id"


EMPTINESS = frozenset({"empty", "not_empty"})
OPERATORS: dict[Kind, frozenset[str]] = {
    Kind.TEXT: frozenset({"eq", "ne", "in", "contains", "starts"}) | EMPTINESS,
    Kind.CHOICE: frozenset({"eq", "ne", "in", "contains", "starts"}) | EMPTINESS,
    Kind.NUMBER: frozenset({"eq", "ne", "in", "gte", "lte"}) | EMPTINESS,
    Kind.DATE: frozenset({"eq", "ne", "in", "gte", "lte"}) | EMPTINESS,
    Kind.TIME: frozenset({"gte", "lte"}),
    Kind.FLAG: frozenset({"eq", "ne"}),
    Kind.MANY: frozenset({"eq", "ne", "in", "contains"}) | EMPTINESS,
    Kind.ID: frozenset({"eq", "ne", "in"}) | EMPTINESS,
}
FIELDS: dict[str, Kind] = {
    "name": Kind.TEXT,
    "given_name": Kind.TEXT,
    "family_name": Kind.TEXT,
    "title": Kind.TEXT,
    "email": Kind.TEXT,
    "phone": Kind.TEXT,
    "fax": Kind.TEXT,
    "gender": Kind.TEXT,
    "customer_number": Kind.TEXT,
    "customer_status": Kind.TEXT,
    "payment_method": Kind.TEXT,
    "payment_days": Kind.NUMBER,
    "delivery_method": Kind.TEXT,
    "credit_limit": Kind.NUMBER,
    "language": Kind.TEXT,
    "city": Kind.TEXT,
    "postal_code": Kind.TEXT,
    "birth_date": Kind.DATE,
    "created_at": Kind.TIME,
    "updated_at": Kind.TIME,
    "tag": Kind.MANY,
    "other_email": Kind.MANY,
    "other_phone": Kind.MANY,
    "banned": Kind.MANY,
    "has_email": Kind.FLAG,
    "has_phone": Kind.FLAG,
    "has_address": Kind.FLAG,
    "organisation.name": Kind.TEXT,
    "organisation.city": Kind.TEXT,
    "organisation.customer_number": Kind.TEXT,
    "organisation.customer_status": Kind.TEXT,
    "organisation.tag": Kind.MANY,
    "affiliation.organisation_id": Kind.ID,
    "affiliation.title": Kind.TEXT,
    "affiliation.role": Kind.TEXT,
    "affiliation.decision_maker": Kind.FLAG,
}
ADDITIONAL: dict[FieldType, Kind] = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.CHOICE: Kind.CHOICE,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
    FieldType.MULTI_CHOICE: Kind.MANY,
    FieldType.YES_NO: Kind.FLAG,
}


@dataclass(frozen=True)
class Test:
    """One test of one field; `value` is of the field's kind, a tuple of them for `in`, None for emptiness."""

    field: str
    kind: Kind
    op: str
    value: Any


@dataclass(frozen=True)
class Group:
    """`all`, `any` or `none` of some parts hold."""

    quantifier: str
    parts: tuple["Node", ...]


Node = Test | Group


OWNERS = {"fields.": "person", "affiliation.fields.": "affiliation", "organisation.fields.": "organisation"}
"""How tests name additional fields: of the person, of a running affiliation, of the organisation it leads to."""
Additional = Mapping[tuple[str, str], FieldType]
"""Types of additional fields by kind of contact and code."""


def owner_and_code(field: str) -> tuple[str, str] | None:
    """The kind of contact and code of the additional field that a test names; None for other fields."""
    return next(
        ((owner, field.removeprefix(prefix)) for prefix, owner in OWNERS.items() if field.startswith(prefix)), None
    )


def additional_fields(tree: SegmentFilter) -> set[tuple[str, str]]:
    """Kinds and codes of the additional fields that a filter names, so that only their definitions are read."""
    found = owner_and_code(tree.field or "")
    below = [each for part in (tree.all, tree.any, tree.none) for each in part or ()]
    return set().union({found} if found else set(), *map(additional_fields, below))


def parse(tree: SegmentFilter, additional: Additional) -> Node:
    """The checked tree; raises Invalid with a pointer."""
    return _Parser(additional).node(tree, "/filter", 1)


class _Parser:
    def __init__(self, additional: Additional) -> None:
        self._additional = additional
        self._tests = 0

    def node(self, tree: SegmentFilter, pointer: str, depth: int) -> Node:
        if depth > MAX_DEPTH:
            message = f"This filter is nested more than {MAX_DEPTH} deep; make it flatter."
            raise Invalid.field(pointer, "too_deep", message)
        groups = [(name, getattr(tree, name)) for name in ("all", "any", "none") if getattr(tree, name) is not None]
        if len(groups) + (tree.field is not None) != 1:
            message = "Give exactly one of all, any, none, or a test with field and op."
            raise Invalid.field(pointer, "one_of", message)
        if not groups:
            return self._test(tree, pointer)
        name, parts = groups[0]
        children = (self.node(part, f"{pointer}/{name}/{i}", depth + 1) for i, part in enumerate(parts))
        return Group(name, tuple(children))

    def _test(self, tree: SegmentFilter, pointer: str) -> Test:
        self._tests += 1
        if self._tests > MAX_TESTS:
            raise Invalid.field(pointer, "too_many", f"This filter has more than {MAX_TESTS} tests.")
        field = tree.field or ""
        kind = self._kind(field)
        if kind is None:
            raise Invalid.field(f"{pointer}/field", "unknown_field", f"There is no field {field} to filter by.")
        if tree.op not in OPERATORS[kind]:
            allowed = ", ".join(sorted(OPERATORS[kind]))
            message = f"{field} takes the operators {allowed}."
            raise Invalid.field(f"{pointer}/op", "bad_operator", message)
        try:
            return Test(field, kind, tree.op, _value(kind, tree.op, tree.value))
        except (ValueError, TypeError) as error:
            message = str(error) if isinstance(error, _BadValue) else f"This is not a value for {field} ({kind})."
            raise Invalid.field(f"{pointer}/value", "bad_value", message) from None

    def _kind(self, field: str) -> Kind | None:
        named = owner_and_code(field)
        if named:
            found = self._additional.get(named)
            return ADDITIONAL[found] if found else None
        return FIELDS.get(field)


class _BadValue(ValueError):
    """Something wrong with a value that has its own words."""


def _value(kind: Kind, op: str, value: Any) -> Any:
    if op in EMPTINESS:
        return None
    if op == "in":
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise _BadValue(f"`in` takes a list of at most {MAX_VALUES} values.")
        return tuple(_single(kind, each) for each in value)
    return _single(kind, value)


def _single(kind: Kind, value: Any) -> Any:
    if kind is Kind.FLAG:
        if not isinstance(value, bool):
            raise _BadValue("This must be true or false.")
        return value
    if kind is Kind.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 1e15:
            raise _BadValue("This must be a number.")
        return value
    if not isinstance(value, str) or len(value) > MAX_VALUE_LENGTH or "\0" in value:
        raise _BadValue(f"This must be a text of at most {MAX_VALUE_LENGTH} characters.")
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    if kind is Kind.ID:
        return UUID(value)
    if kind is Kind.TIME:
        return _moment(value)
    return value


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise _BadValue("Give the time with its zone, such as 2026-01-31T12:00:00Z.")
    return moment
