"""Segment filters (C10): from the JSON tree of the contract to a checked tree of tests.

A test says something true or false of every contact, also of one whose field is empty: `ne` is the opposite of `eq`.
Texts are compared without regard to case. A test of something that a contact has several of holds when one of them
passes; its opposite, and `empty`, when none does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.contacts.fields import FieldType
from contracts.contacts.segments import SegmentFilter, SegmentKind
from contracts.errors import Invalid
from services.contacts.rules.segment_fields import (
    ADDITIONAL,
    OPERATORS,
    OWN,
    RELATIONS,
    Kind,
    owner_and_code,
    relation_of,
)
from services.contacts.rules.segment_values import BadValue, as_stored, value_of

MAX_DEPTH = 10
MAX_TESTS = 200


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


@dataclass(frozen=True)
class Some:
    """At least so many of the things of a relation pass; the part tests one of them."""

    relation: str
    part: "Node"
    at_least: int = 1


Node = Test | Group | Some
Additional = Mapping[tuple[str, str], FieldType]
"""Types of additional fields by kind of contact and code."""


def additional_fields(of: SegmentKind, tree: SegmentFilter) -> set[tuple[str, str]]:
    """Kinds and codes of the additional fields that a filter names, so that only their definitions are read."""
    return {found for each in _below(tree) if (found := owner_and_code(of, each.field or ""))}


def _below(tree: SegmentFilter) -> Iterator[SegmentFilter]:
    """The tree and all its parts; without recursion, as nobody has looked at its depth yet."""
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += [part for parts in (each.all, each.any, each.none) for part in parts or ()]


def relations(node: Node) -> set[str]:
    """The relations that a filter asks about."""
    if isinstance(node, Some):
        return {node.relation}
    return set().union(*map(relations, node.parts)) if isinstance(node, Group) else set()


def fields_of(node: Node) -> set[str]:
    """The fields that are tested."""
    if isinstance(node, Test):
        return {node.field}
    return set().union(*map(fields_of, node.parts)) if isinstance(node, Group) else fields_of(node.part)


def parse(of: SegmentKind, tree: SegmentFilter, additional: Additional) -> Node:
    """The checked tree; raises Invalid with a pointer."""
    return _Parser(of, additional).node(tree, "/filter", 1, None)


class _Parser:
    def __init__(self, of: SegmentKind, additional: Additional) -> None:
        self._of = of
        self._additional = additional
        self._tests = 0

    def node(self, tree: SegmentFilter, pointer: str, depth: int, within: str | None) -> Node:
        """`within` is the relation to whose things the tests are limited."""
        if depth > MAX_DEPTH:
            message = f"This filter is nested more than {MAX_DEPTH} deep; make it flatter."
            raise Invalid.field(pointer, "too_deep", message)
        groups = [(name, parts) for name in ("all", "any", "none") if (parts := getattr(tree, name)) is not None]
        is_test = tree.field is not None or tree.op is not None
        if len(groups) + is_test > 1 or not (groups or is_test or tree.has) or (is_test and tree.has):
            message = "A filter is either one of `all`, `any`, `none`, or one test with field, op and value."
            raise Invalid.field(pointer, "filter_shape", message)
        if tree.at_least is not None and not tree.has:
            raise Invalid.field(f"{pointer}/at_least", "least_without_has", "`at_least` goes with `has`.")
        if tree.has:
            return self._some(tree, pointer, depth, groups, within)
        if not groups:
            return self._test(tree, pointer, within)
        return self._group(groups[0], pointer, depth, within)

    def _group(self, group: tuple[str, list[SegmentFilter]], pointer: str, depth: int, within: str | None) -> Group:
        name, parts = group
        children = (self.node(part, f"{pointer}/{name}/{i}", depth + 1, within) for i, part in enumerate(parts))
        return Group(name, tuple(children))

    def _some(
        self,
        tree: SegmentFilter,
        pointer: str,
        depth: int,
        groups: list[tuple[str, list[SegmentFilter]]],
        within: str | None,
    ) -> Some:
        name = tree.has or ""
        known = [each for each, relation in RELATIONS.items() if self._of in relation.of]
        if name not in known or within is not None:
            message = f"`has` takes {', '.join(known)}, and not inside of another `has`."
            raise Invalid.field(f"{pointer}/has", "unknown_relation", message)
        self._count(pointer)
        part = self._group(groups[0], pointer, depth, name) if groups else Group("all", ())
        return Some(name, part, tree.at_least or 1)

    def _count(self, pointer: str) -> None:
        self._tests += 1
        if self._tests > MAX_TESTS:
            raise Invalid.field(pointer, "too_many", f"This filter has more than {MAX_TESTS} tests.")

    def _test(self, tree: SegmentFilter, pointer: str, within: str | None) -> Node:
        self._count(pointer)
        field = tree.field or ""
        kind, relation = self._kind(field), relation_of(self._of, field)
        if kind is None:
            raise Invalid.field(f"{pointer}/field", "unknown_field", f"There is no field {field} to filter by.")
        if within is not None and relation != within:
            message = f"Inside of `has` {within}, only its own fields are tested, not {field}."
            raise Invalid.field(f"{pointer}/field", "unknown_field", message)
        if tree.op is None or tree.op not in OPERATORS[kind]:
            allowed = ", ".join(sorted(OPERATORS[kind]))
            raise Invalid.field(f"{pointer}/op", "bad_operator", f"{field} takes the operators {allowed}.")
        try:
            test = Test(field, kind, tree.op, as_stored(field, kind, tree.op, value_of(kind, tree.op, tree.value)))
        except (ValueError, TypeError, OverflowError) as error:
            told = error if isinstance(error, BadValue) else BadValue("bad_value", f"No value for {field} ({kind}).")
            raise Invalid.field(f"{pointer}/value", told.code, str(told)) from None
        return test if relation is None or within is not None else _one_of(relation, test)

    def _kind(self, field: str) -> Kind | None:
        named = owner_and_code(self._of, field)
        if named:
            found = self._additional.get(named)
            return ADDITIONAL[found] if found else None
        relation = relation_of(self._of, field)
        return RELATIONS[relation].fields.get(field) if relation else OWN[self._of].get(field)


OPPOSITES = {"ne": "eq", "empty": "not_empty"}


def _one_of(relation: str, test: Test) -> Node:
    """Whether one of the contact's things passes; for what is an opposite, whether none does."""
    if test.kind is Kind.FLAG and test.op == "ne":
        test = replace(test, op="eq", value=not test.value)
    if test.op in OPPOSITES:
        return Group("none", (Some(relation, replace(test, op=OPPOSITES[test.op])),))
    if test.kind is Kind.FLAG and not test.value:
        return Group("none", (Some(relation, replace(test, value=True)),))
    return Some(relation, test)
