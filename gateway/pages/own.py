"""Whose pages `/my` are, and that nothing else is shown there, whatever rights the visitor has besides."""

from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from flask import g

from contracts.errors import NotFound

T = TypeVar("T")


def own_id() -> UUID:
    """The visitor's own person; pages with `may=Rule.OWN` are not opened without one."""
    found: UUID = g.principal.person_id
    return found


class HasPerson(Protocol):
    """Something that belongs to a person."""

    @property
    def person_id(self) -> UUID | None: ...


class HasCustomer(Protocol):
    """Something that was sold to a person."""

    @property
    def customer_id(self) -> UUID: ...


P = TypeVar("P", bound=HasPerson)
C = TypeVar("C", bound=HasCustomer)


def own(found: P) -> P:
    """The thing, if it is the visitor's own; raises NotFound. Staff see other people's things in the office only."""
    return _checked(found, lambda: found.person_id)


def own_purchase(found: C) -> C:
    """The order or invoice, if it is the visitor's own; raises NotFound."""
    return _checked(found, lambda: found.customer_id)


def _checked(found: T, owner: Callable[[], UUID | None]) -> T:
    if owner() != own_id():
        raise NotFound("There is no such thing among your own.")
    return found
