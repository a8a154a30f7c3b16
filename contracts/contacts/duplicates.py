"""Pairs of contacts that may be the same person or organisation: found by a scan, judged by people (C13)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.access import Permission
from contracts.base import ById, Job, ListRequest, Nothing, Page, Reply, command, query
from contracts.contacts.about import ContactKind
from contracts.contacts.persons import PersonSummary
from contracts.system import SystemApi


class DuplicateState(StrEnum):
    """`dismissed`: somebody has said that these are two; holds until one of them changes materially."""

    OPEN = "open"
    DISMISSED = "dismissed"
    MERGED = "merged"


class ComparedContact(PersonSummary):
    """One contact of a pair, as lists show it; an organisation with its business id."""

    business_id: str | None = None


class Duplicate(Reply):
    """A pair of contacts of one kind with what speaks for their being the same.

    `score` 0-100; `reasons` begin with how the names compare (`same_name`, `swapped_name`, `similar_name`,
    `doubtful_name`, `initials`, `part_of_name`, `other_family_name`), then comes what agrees: `same_email`,
    `same_phone`, `same_birth_date`, `near_birth_date`, `same_address`; of organisations also `same_domain`, an e-mail
    domain in the same town. Legal forms such as Oy and ry do not count.
    """

    id: UUID
    kind: ContactKind = ContactKind.PERSON
    first: ComparedContact
    second: ComparedContact
    score: float
    reasons: list[str]
    state: DuplicateState
    found_at: datetime
    decided_at: datetime | None = None


class ListDuplicates(ListRequest):
    """Pairs of one state, the most alike first; pairs of which one is not in the register now are left out."""

    state: DuplicateState = DuplicateState.OPEN
    kind: ContactKind | None = None


class DuplicatesApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def list_duplicates(self, request: ListDuplicates) -> Page[Duplicate]: ...

    @query(may=Permission.CONTACTS_READ)
    def get_duplicate(self, request: ById) -> Duplicate: ...

    @command(may=Permission.CONTACTS_WRITE)
    def scan_duplicates(self, request: Nothing) -> Job: ...

    @query(may=Permission.CONTACTS_READ)
    def get_latest_scan(self, request: Nothing) -> Job: ...

    @command(may=Permission.CONTACTS_WRITE)
    def dismiss_duplicate(self, request: ById) -> Duplicate: ...

    @command(may=Permission.CONTACTS_WRITE)
    def reopen_duplicate(self, request: ById) -> Duplicate: ...
