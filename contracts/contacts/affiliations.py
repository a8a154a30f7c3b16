"""Persons in organisations, with the data they have there (C3, C14)."""

from uuid import UUID

from contracts.access import Permission
from contracts.base import Data, EmailText, ListRequest, OptionalLine, Page, PhoneText, Reply, Request, command, query
from contracts.system import SystemApi
from contracts.values import Day


class AffiliationDetails(Data):
    """A person in an organisation, with the data the person has there (C3)."""

    person_id: UUID
    organisation_id: UUID
    title: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    role: OptionalLine = ""
    decision_maker: bool = False
    starts_on: Day | None = None
    ends_on: Day | None = None


class CreateAffiliation(AffiliationDetails, Request):
    """A new affiliation."""


class EndAffiliation(Request):
    """The person leaves; history stays (C14)."""

    id: UUID
    ends_on: Day


class Affiliation(AffiliationDetails, Reply):
    """An affiliation with the names of both sides."""

    id: UUID
    version: int
    person_name: str = ""
    organisation_name: str = ""


class ListAffiliations(ListRequest):
    """Affiliations of a person or of an organisation."""

    person_id: UUID | None = None
    organisation_id: UUID | None = None


class AffiliationsApi(SystemApi):
    """RPC methods."""

    @command(may=Permission.CONTACTS_WRITE)
    def create_affiliation(self, request: CreateAffiliation) -> Affiliation: ...

    @command(may=Permission.CONTACTS_WRITE)
    def end_affiliation(self, request: EndAffiliation) -> Affiliation: ...

    @query(may=Permission.CONTACTS_READ)
    def list_affiliations(self, request: ListAffiliations) -> Page[Affiliation]: ...
