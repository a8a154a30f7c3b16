"""Where pages about persons and about organisations go their own ways, for pages that show either."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _

from chassis.rpc import client
from contracts.base import ById
from contracts.contacts import ContactsApi
from contracts.contacts.about import ContactKind
from contracts.contacts.merges import MergeOrganisations, MergePersons
from contracts.contacts.organisations import ListOrganisations
from contracts.contacts.persons import ListPersons
from contracts.contacts.similar import FindSimilar

contacts = client(ContactsApi)


@dataclass(frozen=True, slots=True)
class ContactPages:
    """How one kind of contact is read, found, merged and shown. `address` is where its cards are."""

    kind: ContactKind
    address: str
    get: Callable[[UUID], Any]
    find: Callable[[str, int], list[Any]]
    similar: Callable[[UUID, int], list[Any]]
    merge: Callable[[Any], Any]
    request: type[MergePersons] | type[MergeOrganisations]

    def card(self, contact_id: UUID) -> str:
        """The address of a card."""
        return f"{self.address}/{contact_id}"

    @property
    def same(self) -> str:
        """The question whether two are one."""
        if self.kind is ContactKind.PERSON:
            return str(_("Are these the same person?"))
        return str(_("Are these the same organisation?"))

    @property
    def listed(self) -> str:
        """What the list of all of them is called."""
        return str(_("Contacts") if self.kind is ContactKind.PERSON else _("Organisations"))


PERSON: Final = ContactPages(
    kind=ContactKind.PERSON,
    address="/office/contacts",
    get=lambda contact_id: contacts.get_person(ById(id=contact_id)),
    find=lambda q, most: contacts.list_persons(ListPersons(q=q, limit=most)).data,
    similar=lambda contact_id, most: [
        each.person for each in contacts.find_similar(FindSimilar(id=contact_id, limit=most)).data
    ],
    merge=contacts.merge_persons,
    request=MergePersons,
)
ORGANISATION: Final = ContactPages(
    kind=ContactKind.ORGANISATION,
    address="/office/organisations",
    get=lambda contact_id: contacts.get_organisation(ById(id=contact_id)),
    find=lambda q, most: contacts.list_organisations(ListOrganisations(q=q, limit=most)).data,
    similar=lambda contact_id, most: [
        each.organisation for each in contacts.find_similar_organisations(FindSimilar(id=contact_id, limit=most)).data
    ],
    merge=contacts.merge_organisations,
    request=MergeOrganisations,
)
KINDS: Final = {each.kind: each for each in (PERSON, ORGANISATION)}
