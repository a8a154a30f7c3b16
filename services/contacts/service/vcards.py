"""Contacts as vCards (C11)."""

from contracts.base import ById
from contracts.contacts.vcards import VCard, VCardsApi
from services.contacts.queries import vcards
from services.contacts.service.base import ContactsMethods


class VCardsMethods(ContactsMethods, VCardsApi):
    """Contacts as vCards (C11)."""

    def get_person_vcard(self, request: ById) -> VCard:
        return vcards.of_person(self.reader, request.id, self.today)

    def get_organisation_vcard(self, request: ById) -> VCard:
        return vcards.of_organisation(self.reader, request.id)
