"""Segment filters as SQL over persons or organisations.

A test of an empty field is false, in SQL unknown, which comes to the same until it is negated. So it is made false
there and nowhere else: around a plain comparison it would keep the planner from every index.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, literal, not_, or_, true
from sqlalchemy.dialects.postgresql import JSONB

from contracts.contacts.segments import SegmentKind
from services.contacts import models
from services.contacts.queries import segment_tests
from services.contacts.queries.segment_relations import RELATIONS, Relation
from services.contacts.rules.segment_fields import Kind, owner_and_code
from services.contacts.rules.segment_values import on_day
from services.contacts.rules.segments import Group, Node, Some, Test, fields_of

Condition = ColumnElement[bool]
TABLES: dict[SegmentKind, Any] = {
    SegmentKind.PERSONS: models.Person.__table__,
    SegmentKind.ORGANISATIONS: models.Organisation.__table__,
}
OBJECTS = {"other_email": ("other_emails", "address"), "other_phone": ("other_phones", "number")}
ELSEWHERE = {"email": "email_key", "tag": "tags", "banned": "banned_channels"}
"""Columns with other names than their fields."""
OPPOSITES = {"ne": "eq", "not_empty": "empty"}
CODES = ("gender", "customer_status", "payment_method", "delivery_method", "language")


class Subject:
    """Persons or organisations on a day: tests of what they have once, and of the things they have several of."""

    def __init__(self, of: SegmentKind, today: date) -> None:
        self.of = of
        self.today = today
        self.columns = TABLES[of].c

    def condition(self, node: Node, relation: Relation | None = None) -> Condition:
        """The tree as one condition on the contact, or on one thing of a relation."""
        if isinstance(node, Group):
            return self._group(node, relation)
        if isinstance(node, Some):
            found, passed = RELATIONS[node.relation], self.condition(node.part, RELATIONS[node.relation])
            fields = fields_of(node)
            return found.some(self.of, self.columns.id, passed, self.today, fields, node.at_least)
        return self._test(replace(node, value=on_day(node.value, self.today)), relation)

    def _group(self, node: Group, relation: Relation | None) -> Condition:
        if node.quantifier == "none":
            return and_(true(), *(self._opposite(part, relation) for part in node.parts))
        parts = [self.condition(part, relation) for part in node.parts]
        return and_(true(), *parts) if node.quantifier == "all" else or_(false(), *parts)

    def _opposite(self, node: Node, relation: Relation | None) -> Condition:
        """Whether it does not hold. What asks for things is never unknown, and the planner knows its opposite."""
        holds = self.condition(node, relation)
        return not_(holds if isinstance(node, Some) else func.coalesce(holds, false()))

    def _test(self, test: Test, relation: Relation | None) -> Condition:
        if test.op == "not_empty" and relation and test.kind is Kind.CHOICE and test.field in relation.columns:
            return segment_tests.given(relation.columns[test.field])
        if test.op in OPPOSITES:
            return self._opposite(replace(test, op=OPPOSITES[test.op]), relation)
        return self._of_relation(test, relation) if relation else self._own(test)

    def _of_relation(self, test: Test, relation: Relation) -> Condition:
        named = owner_and_code(self.of, test.field)
        if named is not None:
            return segment_tests.additional(relation.additional[named[0]], named[1], test)
        if test.kind is Kind.STATE:
            states = relation.states[test.field](self.today)
            values = test.value if test.op == "in" else (test.value,)
            return or_(false(), *(states[each] for each in values if each in states))
        if test.field in relation.moments:
            return segment_tests.on_day_of(relation.moments[test.field], test)
        return segment_tests.on_column(relation.columns[test.field], test)

    def _own(self, test: Test) -> Condition:
        named = owner_and_code(self.of, test.field)
        if named is not None:
            return segment_tests.additional(self.columns.fields, named[1], test)
        if test.field in OBJECTS:
            column, part = OBJECTS[test.field]
            return segment_tests.objects(self.columns[column], part, test)
        return segment_tests.on_column(self._column(test.field), test)

    def _column(self, field: str) -> ColumnElement[Any]:
        columns = self.columns
        if field == "name" and self.of is SegmentKind.PERSONS:
            return func.btrim(columns.given_name + " " + columns.family_name)
        if field == "has_address":
            held: Condition = columns.addresses != literal([], JSONB)
            return held
        if field in {"has_email", "has_phone"}:
            given: Condition = columns[field.removeprefix("has_")].is_not(None)
            return given
        if field in CODES:
            return cast(columns[field], Text)
        found: ColumnElement[Any] = columns[ELSEWHERE.get(field, field)]
        return found


def condition(of: SegmentKind, node: Node, today: date) -> Condition:
    """The tree as one condition on `persons` or `organisations`; affiliations count while they run on `today`."""
    return Subject(of, today).condition(node)
