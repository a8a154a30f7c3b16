"""Contact points - e-mail addresses, phone numbers, postal addresses - and whether they are known to work (C19)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.access import Permission
from contracts.base import ById, Done, ListRequest, OptionalLine, Page, Reply, Request, command, query
from contracts.contacts.masters import ValueSource
from contracts.contacts.segments import SegmentKind
from contracts.system import SystemApi
from contracts.values import Day

PointKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""Stands for a value, however it is used: what was said of one value never holds for another."""


class PointKind(StrEnum):
    """By what a contact is reached."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


class Outcome(StrEnum):
    """What is known of a value: it is right, a letter to it was returned, a message to it bounced."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"
    BOUNCED = "bounced"


class ContactPoint(Reply):
    """One value by which a contact is reached, and when that was verified last."""

    key: PointKey
    kind: PointKind
    use: str
    """`first`, the kind of a further one, or the purpose of an address."""
    value: str
    verified_at: datetime
    """When it was told, or confirmed since."""
    verified_by: ValueSource | None = None
    confirmed: bool = False
    """Somebody has said that it is right, rather than only told it."""
    problem: Outcome | None = None
    problem_at: datetime | None = None
    problem_reason: str = ""
    verification_id: UUID | None = None
    """The latest word about the value; it can be undone."""


class ContactPoints(Reply):
    """The contact points of one contact."""

    data: list[ContactPoint]


class PointOfContact(ContactPoint):
    """A contact point with whose it is."""

    contact_id: UUID
    name: str


class PointState(StrEnum):
    """Why a contact point is to be checked: nobody verified it lately, or something came back from it."""

    OLD = "old"
    RETURNED = "returned"
    BOUNCED = "bounced"


class ListContactPoints(ListRequest):
    """Contact points that should be checked: not verified for so many months, or with mail that came back."""

    of: SegmentKind = SegmentKind.PERSONS
    months: Annotated[int, Field(ge=1, le=240)] = 24
    kind: PointKind | None = None
    state: PointState | None = None
    sort: Annotated[str, Field(pattern="^-?(verified_at|name)$")] = "verified_at"


class ConfirmPoint(Request):
    """The value is right, as somebody has said now."""

    id: UUID
    """Of the person or organisation."""
    key: PointKey


class MarkPoint(ConfirmPoint):
    """Mail to the value came back: a letter to an address, a message to an e-mail address or a phone number."""

    happened_on: Day | None = None
    """Today, if it is not said."""
    reason: OptionalLine = ""


class Verification(Reply):
    """What was said about a value, and when that was true."""

    id: UUID
    contact_id: UUID
    key: PointKey
    outcome: Outcome
    said_at: datetime


class ContactPointsApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def get_contact_points(self, request: ById) -> ContactPoints: ...

    @query(may=Permission.CONTACTS_READ, deadline=5)
    def list_contact_points(self, request: ListContactPoints) -> Page[PointOfContact]: ...

    @command(may=Permission.CONTACTS_WRITE)
    def confirm_contact_point(self, request: ConfirmPoint) -> Verification: ...

    @command(may=Permission.CONTACTS_WRITE)
    def mark_contact_point(self, request: MarkPoint) -> Verification: ...

    @command(may=Permission.CONTACTS_WRITE)
    def undo_verification(self, request: ById) -> Done: ...
