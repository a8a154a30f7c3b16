"""A contact that a row of a file is about, with what the row changes, and what is known of it besides (C12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contracts.contacts.masters import ValueSource
from services.contacts.commands import history, provenance
from services.contacts.commands.import_written import Written
from services.contacts.rules.import_addresses import JudgedAddress
from services.contacts.rules.import_merging import with_address
from services.contacts.rules.masters import EVERYTHING, has_source, is_told


@dataclass(frozen=True)
class Changed:
    """A contact that a row is about: its stored columns, and the new values of those that change.

    `refused` are fields that another source is master of.
    """

    number: int
    id: UUID
    stored: dict[str, Any]
    new: dict[str, Any]
    refused: tuple[tuple[str, ValueSource], ...] = ()
    origins: Mapping[str, provenance.Origin | None] = field(default_factory=dict)
    """Where the fields that change came from until now, if a row of their own says it."""
    standing: Mapping[str, Any] = field(default_factory=dict)
    """What was said of the fields until now, by the rows of `value_sources`."""
    outdone: frozenset[str] = frozenset()
    """Fields of which something stands that counts more than what the row says."""
    added: frozenset[str] = frozenset()
    """Lists among them that grow nevertheless."""
    without_room: Mapping[str, list[str]] = field(default_factory=dict)
    """What the row adds to lists that are full."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the row says, by column."""
    in_parts: bool = False
    """Whether the row gives only some parts of the address."""
    address: JudgedAddress | None = None

    @property
    def says_something(self) -> bool:
        """Whether anything may come of it."""
        return bool(self.new or self.without_room or self.in_parts)

    @property
    def differences(self) -> history.Differences:
        """For the history."""
        found: history.Differences = {}
        for name, value in self.new.items():
            found |= history.differences(name, self.stored[name], value)
        return found

    @property
    def told(self) -> history.Differences:
        """The changed values that come from somewhere."""
        return {field: values for field, values in self.differences.items() if has_source(field)}

    def moved(self, address: JudgedAddress) -> dict[str, Any]:
        """The addresses, with the parts that are taken, if any is."""
        old = self.stored["addresses"]
        return {"addresses": with_address(old, {"purpose": "postal", **address.taken}) if address.taken else old}

    @property
    def confirms_parts(self) -> bool:
        """Whether the address stays as it is, and parts of it come from elsewhere than before."""
        return self.address is not None and "addresses" not in self.new and self.address.claims != self.address.stood


@dataclass(frozen=True)
class Known:
    """What is known of the contacts of a chunk besides their values."""

    origins: Mapping[tuple[UUID, str], Any]
    customers: Mapping[UUID, tuple[str | None, str | None]]
    """Status and customer number as they were before files changed them."""
    written: Mapping[tuple[UUID, str], Written] = field(default_factory=dict)
    """When fields were last written by hand."""

    def stands(self, contact_id: UUID, field: str, old: Any) -> Any:
        """Who said the value that a contact has, as a row of `value_sources`."""
        found = self.origins.get((contact_id, field))
        return self.origins.get((contact_id, EVERYTHING)) if found is None and is_told(field, old) else found
