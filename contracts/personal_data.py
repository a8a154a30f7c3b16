"""What every service tells of a person: what it holds, what it has erased, what the law makes it keep (C17)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.base import ListRequest, Reply


class RetainedDocument(Reply):
    """What stays although the person is erased. `basis` is the code of the legal basis; `until` the last day."""

    kind: str
    id: UUID
    name: str
    basis: str
    until: date


class ErasurePart(Reply):
    """What one service erased when: rows by kind. `erased_at` is None while the person is not erased there.

    `searched`: how often it has looked for the name in all its texts about others since; the second time, some minutes
    later, is the last.
    """

    service: str
    erased_at: datetime | None = None
    searched: int = 0
    rows: dict[str, int] = {}
    retained: list[RetainedDocument] = []


class ListHeld(ListRequest):
    """What a service holds about a person."""

    person_id: UUID


class HeldRow(Reply):
    """One row about the person: values by column, and the keys of the stored files that belong to it."""

    kind: str
    values: dict[str, Any]
    file_keys: list[str] = []


class Named(Reply):
    """How a text may name a person: given and family names, e-mail addresses in lower case, telephone numbers as
    E.164."""

    names: list[tuple[str, str]]
    emails: list[str]
    phones: list[str]


class Sought(Reply):
    """What services look for in their texts about others when a person was erased, until all have done so.

    `free` is what nobody else in the register bears too; the rest goes only where the text is linked to the person.
    """

    person_id: UUID
    everything: Named
    free: Named
