"""Segment filters as SQL over persons: every test is two-valued, every value is a bound parameter."""

import operator
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, true
from sqlalchemy.dialects.postgresql import JSONB

from services.contacts import models
from services.contacts.rules.segments import Group, Kind, Node, Test, owner_and_code

PERSONS = models.Person.__table__.c
AFFILIATIONS = models.Affiliation.__table__.c
ORGANISATIONS = models.Organisation.__table__.c
Condition = ColumnElement[bool]

TEXTS: dict[str, ColumnElement[Any]] = {
    "name": func.btrim(PERSONS.given_name + " " + PERSONS.family_name),
    "email": PERSONS.email_key,
    **{
        name: PERSONS[name]
        for name in (
            "given_name", "family_name", "title", "phone", "fax", "gender", "customer_number", "customer_status",
            "payment_method", "delivery_method", "language", "city", "postal_code",
        )
    },
}  # fmt: skip
COLUMNS: dict[str, ColumnElement[Any]] = {
    "birth_date": PERSONS.birth_date,
    "payment_days": PERSONS.payment_days,
    "credit_limit": PERSONS.credit_limit,
    "created_at": PERSONS.created_at,
    "updated_at": PERSONS.updated_at,
}
LISTS: dict[str, ColumnElement[Any]] = {"tag": PERSONS.tags, "banned": PERSONS.banned_channels}
OTHERS: dict[str, tuple[ColumnElement[Any], str]] = {
    "other_email": (PERSONS.other_emails, "address"),
    "other_phone": (PERSONS.other_phones, "number"),
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {"eq": operator.eq, "gte": operator.ge, "lte": operator.le}
FLAGS: dict[str, Condition] = {
    "has_email": PERSONS.email.is_not(None),
    "has_phone": PERSONS.phone.is_not(None),
    "has_address": PERSONS.addresses != literal([], JSONB),
}


def condition(node: Node, today: date) -> Condition:
    """The tree as one condition on `persons`; affiliations count while they run on `today`."""
    if isinstance(node, Test):
        return _test(node, today)
    parts = [condition(part, today) for part in node.parts]
    return _quantified(node, parts)


def _quantified(node: Group, parts: list[Condition]) -> Condition:
    if node.quantifier == "all":
        return and_(true(), *parts)
    some: Condition = or_(false(), *parts)
    return some if node.quantifier == "any" else not_(some)


def _test(test: Test, today: date) -> Condition:
    if test.op == "ne":
        return not_(_test(Test(test.field, test.kind, "eq", test.value), today))
    if test.op == "not_empty":
        return not_(_test(Test(test.field, test.kind, "empty", None), today))
    named = owner_and_code(test.field)
    if named is None and "." not in test.field:
        return _two_valued(_own(test))
    if named is not None and named[0] == "person":
        return _two_valued(_additional(PERSONS.fields, named[1], test))
    return _affiliated(test, today)


def _two_valued(test: Condition) -> Condition:
    return func.coalesce(test, false())


def _own(test: Test) -> Condition:
    if test.kind is Kind.TEXT:
        return _text(TEXTS[test.field], test)
    if test.field in OTHERS:
        return _others(*OTHERS[test.field], test)
    if test.kind is Kind.MANY:
        return _many(LISTS[test.field], test)
    if test.kind is Kind.FLAG:
        return FLAGS[test.field] if test.value else not_(FLAGS[test.field])
    return _ordered(COLUMNS[test.field], test)


def _text(column: ColumnElement[Any], test: Test) -> Condition:
    if test.op == "empty":
        blank: Condition = func.coalesce(column, "") == ""
        return blank
    lower = func.lower(column)
    if test.op == "in":
        return lower.in_([value.lower() for value in test.value])
    value = test.value.lower()
    if test.op == "contains":
        return lower.contains(value, autoescape=True)
    if test.op == "starts":
        return lower.startswith(value, autoescape=True)
    same: Condition = lower == value
    return same


def _ordered(column: ColumnElement[Any], test: Test) -> Condition:
    if test.op == "empty":
        return column.is_(None)
    if test.op == "in":
        return column.in_(test.value)
    compared: Condition = COMPARISONS[test.op](column, test.value)
    return compared


def _many(column: ColumnElement[Any], test: Test) -> Condition:
    if test.op == "empty":
        return _no_items(column)
    values = test.value if test.op == "in" else (test.value,)
    return or_(false(), *(column.op("@>", is_comparison=True)(literal([value], JSONB)) for value in values))


def _others(column: ColumnElement[Any], part: str, test: Test) -> Condition:
    """Lists of objects: further addresses and numbers."""
    if test.op == "empty":
        return _no_items(column)
    values = test.value if test.op == "in" else (test.value,)
    wanted = (literal([{part: value.lower()}], JSONB) for value in values)
    return or_(false(), *(column.op("@>", is_comparison=True)(each) for each in wanted))


def _no_items(column: ColumnElement[Any]) -> Condition:
    none: Condition = func.coalesce(column, literal([], JSONB)) == literal([], JSONB)
    return none


def _additional(fields: ColumnElement[Any], code: str, test: Test) -> Condition:
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
        return _text(value.astext, test)
    if test.op == "empty":
        return value.is_(None)
    return _ordered(value, _as_json(test))


def _holds(fields: ColumnElement[Any], content: dict[str, Any]) -> Condition:
    return fields.op("@>", is_comparison=True)(literal(content, JSONB))


def _as_json(test: Test) -> Test:
    """Numbers and ISO dates keep their order as JSON values."""
    values = test.value if test.op == "in" else (test.value,)
    plain = [literal(str(value) if isinstance(value, date) else value, JSONB) for value in values]
    return Test(test.field, test.kind, test.op, plain if test.op == "in" else plain[0])


def _affiliated(test: Test, today: date) -> Condition:
    """Whether a running affiliation of the person, or its organisation, passes; `empty`: none has a value."""
    if test.op == "empty":
        return not_(_running_with(test, not_(_on_other_side(test)), today))
    if test.kind is Kind.FLAG and not test.value:
        return not_(_running_with(test, _on_other_side(Test(test.field, test.kind, "eq", value=True)), today))
    return _running_with(test, _on_other_side(test), today)


def _running_with(test: Test, passed: Condition, today: date) -> Condition:
    """Whether the person has a running affiliation of which this holds."""
    running = [
        AFFILIATIONS.person_id == PERSONS.id,
        or_(AFFILIATIONS.starts_on.is_(None), AFFILIATIONS.starts_on <= today),
        or_(AFFILIATIONS.ends_on.is_(None), AFFILIATIONS.ends_on >= today),
    ]
    if test.field.startswith("organisation."):
        running += [ORGANISATIONS.id == AFFILIATIONS.organisation_id, ORGANISATIONS.deleted_at.is_(None)]
    return exists().where(*running, passed)


def _on_other_side(test: Test) -> Condition:
    """The test of one affiliation or organisation."""
    table = ORGANISATIONS if test.field.startswith("organisation.") else AFFILIATIONS
    named = owner_and_code(test.field)
    if named is not None:
        return _two_valued(_additional(table.fields, named[1], test))
    name = test.field.partition(".")[2]
    if test.kind is Kind.MANY:
        return _two_valued(_many(table.tags, test))
    column = table[name]
    if test.kind is Kind.FLAG:
        flagged: Condition = column
        return flagged
    return _two_valued(_text(column, test) if test.kind is Kind.TEXT else _ordered(column, test))
