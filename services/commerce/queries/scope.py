"""How much of the tables a caller sees: all, one person's rows, or what one personal link opens."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_


@dataclass(frozen=True)
class Scope:
    """`only_person`: the customer whose rows alone are seen; `only_object`: the id a personal link names."""

    only_person: UUID | None = None
    only_object: UUID | None = None

    def limits(self, table: Any, *link_columns: str) -> list[ColumnElement[bool]]:
        """Conditions on a table with `customer_id`; a link must name one of `link_columns`."""
        found: list[ColumnElement[bool]] = []
        if self.only_person is not None:
            found.append(table.c.customer_id == func.known_as(self.only_person))
        if self.only_object is not None:
            found.append(or_(*(table.c[name] == self.only_object for name in link_columns)))
        return found
