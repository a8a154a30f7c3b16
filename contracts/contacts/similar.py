"""Contacts that may be the same person, or organisation (C13)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.access import Permission
from contracts.base import EmailText, Line, OptionalLine, PhoneText, Reply, Request, query
from contracts.contacts.basics import CustomerNumber
from contracts.contacts.organisations import BusinessId, OrganisationSummary
from contracts.contacts.persons import PersonSummary
from contracts.system import SystemApi
from contracts.values import Day


class FindSimilar(Request):
    """Existing contacts of its kind that may be the same as this one, best first."""

    id: UUID
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class SimilarPerson(Reply):
    """A candidate; `score` 0-100; `reasons` such as `same_email`, `similar_name`, `same_phone`, `same_birth_date`."""

    person: PersonSummary
    score: float
    reasons: list[str]


class SimilarPersons(Reply):
    """Candidates, best first."""

    data: list[SimilarPerson]


class FindSimilarTo(Request):
    """Existing contacts that may be the person described, best first: asked before somebody is entered (C13)."""

    given_name: OptionalLine = ""
    family_name: OptionalLine = ""
    email: EmailText | None = None
    phone: PhoneText | None = None
    birth_date: Day | None = None
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class SimilarOrganisation(Reply):
    """A candidate; `score` 0-100; `reasons` such as `same_business_id`, `same_customer_number`, `same_name`.

    Further reasons: `similar_name`, `same_email`, `same_phone`, and `same_domain`, an e-mail domain in the same town.
    """

    organisation: OrganisationSummary
    score: float
    reasons: list[str]


class SimilarOrganisations(Reply):
    """Candidates, best first."""

    data: list[SimilarOrganisation]


class FindSimilarOrganisationsTo(Request):
    """Existing organisations that may be the one described, best first: asked before one is entered (C13)."""

    name: Line
    business_id: BusinessId | None = None
    customer_number: CustomerNumber | None = None
    email: EmailText | None = None
    phone: PhoneText | None = None
    city: OptionalLine = ""
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class SimilarApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def find_similar(self, request: FindSimilar) -> SimilarPersons: ...

    @query(may=Permission.CONTACTS_READ)
    def find_similar_to(self, request: FindSimilarTo) -> SimilarPersons: ...

    @query(may=Permission.CONTACTS_READ)
    def find_similar_organisations(self, request: FindSimilar) -> SimilarOrganisations: ...

    @query(may=Permission.CONTACTS_READ)
    def find_similar_organisations_to(self, request: FindSimilarOrganisationsTo) -> SimilarOrganisations: ...
