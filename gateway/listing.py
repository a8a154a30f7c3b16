"""What a list shows: columns, and the state that lives in the address (search, filters, order)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, urlencode

Kind = Literal["text", "long", "main", "number", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the one of kind `main` names the row and carries the link that a click on the row opens.

    Texts of kind `long`, such as e-mail addresses, may break anywhere. On a phone, numbers and dates keep their label
    beside them; text and states must speak for themselves.
    """

    key: str
    label: Any
    kind: Kind = "text"
    sort: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a filter; `count` where it is known."""

    value: str
    label: Any
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter shown as a word: `Status: active`. An empty value is `any`."""

    name: str
    label: Any
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class ListState:
    """The state of a list as the address holds it, e.g. `/office/contacts?q=virtanen&sort=-name`."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def q(self) -> str:
        """The words searched for."""
        return self.query.get("q", "")

    def url(self, **changes: str | None) -> str:
        """The address with some parameters changed; empty ones and the page's cursor are left out."""
        changed = {name: value for name, value in {**self.query, "cursor": "", **changes}.items() if value}
        return f"{quote(self.path)}?{urlencode(changed)}" if changed else quote(self.path)

    def more_url(self, cursor: str) -> str:
        """The address of the next rows."""
        return f"{quote(self.path)}?{urlencode({**self.query, 'cursor': cursor})}"

    def sort_url(self, column: Column) -> str:
        """The address ordered by this column; a second time, the other way round."""
        return self.url(sort=f"-{column.key}" if self.query.get("sort") == column.key else column.key)

    def order(self, column: Column) -> str:
        """`ascending`, `descending` or empty, for aria-sort."""
        return {column.key: "ascending", f"-{column.key}": "descending"}.get(self.query.get("sort", ""), "")

    def chosen(self, one: Filter) -> Option | None:
        """The option of a filter that is on."""
        return next((option for option in one.options if option.value == self.query.get(one.name)), None)
