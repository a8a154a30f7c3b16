"""A contact as a vCard, to be passed on (C11)."""

from contracts.access import Permission
from contracts.base import ById, Reply, query
from contracts.system import SystemApi


class VCard(Reply):
    """The text of the card (version 3.0), and whose it is."""

    name: str
    text: str


class VCardsApi(SystemApi):
    """RPC methods."""

    @query(may=Permission.CONTACTS_READ)
    def get_person_vcard(self, request: ById) -> VCard: ...

    @query(may=Permission.CONTACTS_READ)
    def get_organisation_vcard(self, request: ById) -> VCard: ...
