"""Persons in organisations, with the data they have there (C3, C14)."""

from contracts.base import ById, Page
from contracts.contacts.affiliations import (
    Affiliation,
    AffiliationsApi,
    CreateAffiliation,
    EndAffiliation,
    ListAffiliations,
    UpdateAffiliation,
)
from services.contacts.commands import affiliations
from services.contacts.queries import affiliations as affiliation_lists
from services.contacts.service.base import ContactsMethods


class AffiliationsMethods(ContactsMethods, AffiliationsApi):
    """Persons in organisations, with the data they have there (C3, C14)."""

    def create_affiliation(self, request: CreateAffiliation) -> Affiliation:
        return affiliations.create(self.session, request, self.author)

    def get_affiliation(self, request: ById) -> Affiliation:
        return affiliation_lists.get(self.reader, request.id)

    def update_affiliation(self, request: UpdateAffiliation) -> Affiliation:
        return affiliations.update_details(self.session, request, self.author)

    def end_affiliation(self, request: EndAffiliation) -> Affiliation:
        return affiliations.end(self.session, request, self.author)

    def list_affiliations(self, request: ListAffiliations) -> Page[Affiliation]:
        return affiliation_lists.list_page(self.reader, request)
