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
    """What one service erased when: rows by kind. `erased_at` is None while the person is not erased there."""

    service: str
    erased_at: datetime | None = None
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
