"""Persons check their own details by a personal link: all is right, or corrections (C19)."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission
from contracts.base import (
    ById,
    Done,
    EmailText,
    Language,
    Nothing,
    OptionalLine,
    PhoneText,
    Reply,
    Request,
    command,
    query,
)
from contracts.contacts.addresses import Address
from contracts.contacts.basics import Addresses, OtherEmail, OtherEmails, OtherPhone, OtherPhones
from contracts.contacts.contact_points import ContactPoint, PointKey
from contracts.contacts.masters import ValueSource
from contracts.system import SystemApi

MOST_POINTS = 30
"""More than one contact has."""


class OwnDetails(Reply):
    """What a person may check and correct; `locked` are fields that only their masters change."""

    version: int
    given_name: str = ""
    family_name: str = ""
    email: str | None = None
    phone: str | None = None
    other_emails: list[OtherEmail] = []
    other_phones: list[OtherPhone] = []
    language: Language = Language.FI
    addresses: list[Address] = []
    points: list[ContactPoint] = []
    locked: dict[str, ValueSource] = {}

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


class ConfirmDetails(Request):
    """All that was shown is right: the keys of the contact points; what was changed since is not confirmed."""

    keys: Annotated[list[PointKey], Field(max_length=MOST_POINTS)] = []


class Emptied(StrEnum):
    """What a person may empty."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    PHONE = "phone"


class CorrectDetails(Request):
    """Corrections; what is not given stays, and all that is there afterwards is confirmed."""

    version: int
    given_name: OptionalLine | None = None
    family_name: OptionalLine | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    other_emails: OtherEmails | None = None
    other_phones: OtherPhones | None = None
    language: Language | None = None
    addresses: Addresses | None = None
    clear: Annotated[list[Emptied], Field(max_length=10)] = []


class DetailsChecks(Reply):
    """How many of a mailing's receivers have checked their details, and how many of them corrected something."""

    mailing_id: UUID
    checked: int
    corrected: int


class DetailsChecksApi(SystemApi):
    """RPC methods. The first three are for the person of a personal link, about the own details alone; once."""

    @query(may=LinkPurpose.CHECK_DETAILS)
    def open_details(self, request: Nothing) -> OwnDetails: ...

    @command(may=LinkPurpose.CHECK_DETAILS)
    def confirm_details(self, request: ConfirmDetails) -> Done: ...

    @command(may=LinkPurpose.CHECK_DETAILS)
    def correct_details(self, request: CorrectDetails) -> Done: ...

    @query(may=Permission.CONTACTS_READ)
    def count_details_checks(self, request: ById) -> DetailsChecks: ...
