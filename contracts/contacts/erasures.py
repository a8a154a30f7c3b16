"""A person is erased everywhere, and what was done about it stays on record (C17)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from contracts.access import Permission, Rule
from contracts.base import ById, Event, ListRequest, Page, Reply, Request, command, query
from contracts.personal_data import ErasurePart, Sought
from contracts.system import SystemApi


class ErasureReason(StrEnum):
    """Why a person is erased (GDPR, article 17). A code, so that nothing personal stays in the record."""

    REQUESTED = "requested"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NO_LONGER_NEEDED = "no_longer_needed"
    MISTAKE = "mistake"
    OFFICE = "office"
    """Deleted from the register by the office."""


class ErasePerson(Request):
    """Erases a person and the ids that were merged into it. `version` refuses it when somebody changed it since."""

    id: UUID
    version: int
    reason: ErasureReason


class Erasure(Reply):
    """The record of an erasure: it names nobody."""

    person_id: UUID
    reason: ErasureReason
    asked_at: datetime
    asked_by: str


class ErasureReport(Erasure):
    """What each service did, and what stays. A service that does not answer is missing, so `complete` is False.

    Copies in backups are gone after `backups_until`.
    """

    complete: bool
    backups_until: date
    parts: list[ErasurePart]


class ErasurePreview(Reply):
    """What would be erased and what would stay; `away` are services that do not answer now."""

    person_id: UUID
    parts: list[ErasurePart]
    away: list[str]
    backup_days: int


class PersonErased(Event):
    """A person was erased, with all ids that led to it: whoever holds something about them erases it."""

    type: ClassVar = "person.erased.v1"
    source: ClassVar = "contacts"
    subject_id: ClassVar = "person_id"
    person_id: UUID
    person_ids: list[UUID]


class ErasuresApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_ERASE)
    def erase_person(self, request: ErasePerson) -> Erasure: ...

    @query(may=Permission.CONTACTS_ERASE, deadline=8)
    def preview_erasure(self, request: ById) -> ErasurePreview: ...

    @query(may=Permission.CONTACTS_ERASE, deadline=8)
    def get_erasure(self, request: ById) -> ErasureReport: ...

    @query(may=Permission.CONTACTS_ERASE)
    def list_erasures(self, request: ListRequest) -> Page[Erasure]: ...

    @query(may=Rule.SYSTEM)
    def get_sought(self, request: ById) -> Sought: ...
