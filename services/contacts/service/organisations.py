"""Organisations and their hierarchy (C1, C2, C4, C5)."""

from contracts.base import ById, ByIds, Done, Page
from contracts.contacts.organisations import (
    CreateOrganisation,
    Hierarchy,
    ListOrganisations,
    Organisation,
    OrganisationsApi,
    OrganisationSummaries,
    OrganisationSummary,
    UpdateOrganisation,
)
from contracts.contacts.persons import DeleteContact
from services.contacts.commands import organisations
from services.contacts.queries import hierarchies
from services.contacts.queries import organisations as organisation_cards
from services.contacts.service.base import ContactsMethods


class OrganisationsMethods(ContactsMethods, OrganisationsApi):
    """Organisations and their hierarchy (C1, C2, C4, C5)."""

    def create_organisation(self, request: CreateOrganisation) -> Organisation:
        return organisations.create(self.session, request, self.author)

    def get_organisation(self, request: ById) -> Organisation:
        return organisation_cards.get(self.reader, request.id)

    def get_organisations(self, request: ByIds) -> OrganisationSummaries:
        return organisation_cards.get_many(self.reader, request.ids)

    def get_hierarchy(self, request: ById) -> Hierarchy:
        return hierarchies.of_organisation(self.reader, request.id)

    def update_organisation(self, request: UpdateOrganisation) -> Organisation:
        return organisations.update_details(self.session, request, self.author)

    def delete_organisation(self, request: DeleteContact) -> Done:
        organisations.delete(self.session, request, self.author, self.today)
        return Done()

    def restore_organisation(self, request: ById) -> Organisation:
        return organisations.restore(self.session, request.id, self.author)

    def list_organisations(self, request: ListOrganisations) -> Page[OrganisationSummary]:
        return organisation_cards.list_page(self.reader, request, self.today)
