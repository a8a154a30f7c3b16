"""Contacts that may be the same person or organisation (C13)."""

from contracts.contacts.similar import (
    FindSimilar,
    FindSimilarOrganisationsTo,
    FindSimilarTo,
    SimilarApi,
    SimilarOrganisations,
    SimilarPersons,
)
from services.contacts.queries import similar, similar_organisations
from services.contacts.service.base import ContactsMethods


class SimilarMethods(ContactsMethods, SimilarApi):
    """Contacts that may be the same person or organisation (C13)."""

    def find_similar(self, request: FindSimilar) -> SimilarPersons:
        return similar.find(self.reader, request)

    def find_similar_to(self, request: FindSimilarTo) -> SimilarPersons:
        return similar.find_to(self.reader, request)

    def find_similar_organisations(self, request: FindSimilar) -> SimilarOrganisations:
        return similar_organisations.find(self.reader, request)

    def find_similar_organisations_to(self, request: FindSimilarOrganisationsTo) -> SimilarOrganisations:
        return similar_organisations.find_to(self.reader, request)
