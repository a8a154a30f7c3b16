"""Segment filters as SQL over persons: every test is two-valued, every value is a bound parameter."""

import operator
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, not_, or_, true
from sqlalchemy.dialects.postgresql import JSONB

from services.contacts import models
from services.contacts.rules.segments import Group, Kind, Node, Test

PERSONS = models.Person.__table__.c
AFFILIATIONS = models.Affiliation.__table__.c
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
    if test.field.startswith("affiliation."):
        return _affiliated(test, today)
    if test.field.startswith("fields."):
        return _two_valued(_additional(test, test.field.removeprefix("fields.")))
    return _two_valued(_own(test))


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


def _additional(test: Test, code: str) -> Condition:
    """`fields @> {code: value}` where it can be, so that the index serves it."""
    value = PERSONS.fields[code]
    if test.kind is Kind.MANY:
        if test.op == "empty":
            return _no_items(value)
        values = test.value if test.op == "in" else (test.value,)
        return or_(false(), *(_holds({code: [each]}) for each in values))
    if test.kind is Kind.FLAG:
        return _holds({code: True}) if test.value else not_(func.coalesce(_holds({code: True}), false()))
    if test.kind is Kind.TEXT:
        return _text(value.astext, test)
    if test.op == "empty":
        return value.is_(None)
    return _ordered(value, _as_json(test))


def _holds(content: dict[str, Any]) -> Condition:
    return PERSONS.fields.op("@>", is_comparison=True)(literal(content, JSONB))


def _as_json(test: Test) -> Test:
    """Numbers and ISO dates keep their order as JSON values."""
    values = test.value if test.op == "in" else (test.value,)
    plain = [literal(str(value) if isinstance(value, date) else value, JSONB) for value in values]
    return Test(test.field, test.kind, test.op, plain if test.op == "in" else plain[0])


def _affiliated(test: Test, today: date) -> Condition:
    """Whether a running affiliation of the person passes the test; `empty`: there is none with a value."""
    running = and_(
        AFFILIATIONS.person_id == PERSONS.id,
        or_(AFFILIATIONS.starts_on.is_(None), AFFILIATIONS.starts_on <= today),
        or_(AFFILIATIONS.ends_on.is_(None), AFFILIATIONS.ends_on >= today),
    )
    column = AFFILIATIONS[test.field.removeprefix("affiliation.")]
    if test.op == "empty":
        filled = column != "" if test.kind is Kind.TEXT else column.is_not(None)
        return not_(exists().where(running, filled))
    if test.kind is Kind.FLAG:
        flagged: Condition = exists().where(running, column)
        return flagged if test.value else not_(flagged)
    return exists().where(running, _text(column, test) if test.kind is Kind.TEXT else _ordered(column, test))
