"""The office's definitions of additional fields, kept in this process as long as they have not changed.

Each request asks contacts whether its copy is the newest: one short answer, however many definitions there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chassis.rpc import client
from contracts.contacts import ContactsApi
from contracts.contacts.fields import ContactKind, FieldDefinition, ListFields

contacts = client(ContactsApi)
AT_ONCE = 1_000


@dataclass(frozen=True)
class Definitions:
    """All definitions of one version, retired ones too, in the office's order."""

    version: int = 0
    by_kind: dict[str, list[FieldDefinition]] = field(default_factory=dict)
    by_code: dict[tuple[str, str], FieldDefinition] = field(default_factory=dict)

    def of(self, kind: str) -> list[FieldDefinition]:
        """Those of a kind of contact, retired ones too."""
        return self.by_kind.get(kind, [])

    def in_use(self, kind: str) -> list[FieldDefinition]:
        """Those of a kind that take values."""
        return [each for each in self.of(kind) if not each.retired]

    def chosen(self, kind: str, codes: Sequence[str]) -> list[FieldDefinition]:
        """Those in use among the codes, in the office's order; as many as a contact has, not as many as there are."""
        found = (self.by_code.get((kind, code)) for code in codes)
        known = [each for each in found if each is not None and not each.retired]
        return sorted(known, key=lambda each: self.places[kind, each.code])

    @cached_property
    def places(self) -> dict[tuple[str, str], int]:
        """Place in the office's order by kind and code."""
        return {key: place for place, key in enumerate(self.by_code)}


_kept = Definitions()


def all_definitions() -> Definitions:
    """The newest definitions."""
    global _kept  # noqa: PLW0603  (one copy per process; replaced as a whole)
    kept = _kept
    known = kept.version if kept.by_code else None
    answer = contacts.list_fields(ListFields(limit=AT_ONCE, known=known))
    if answer.unchanged:
        return kept
    version, rows = answer.version, list(answer.data)
    while answer.next_cursor:
        answer = contacts.list_fields(ListFields(limit=AT_ONCE, cursor=answer.next_cursor))
        rows += answer.data
    _kept = _grouped(version, rows)
    return _kept


def _grouped(version: int, rows: list[FieldDefinition]) -> Definitions:
    by_kind = {kind.value: [each for each in rows if each.applies_to is kind] for kind in ContactKind}
    return Definitions(version, by_kind, {(each.applies_to.value, each.code): each for each in rows})


def definitions(kind: str) -> list[FieldDefinition]:
    """The fields of a kind of contact that are in use, in the office's order."""
    return all_definitions().in_use(kind)
