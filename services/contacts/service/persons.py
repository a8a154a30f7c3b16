"""Persons of the register (C1, C2, C5)."""

from contracts.access import PrincipalKind
from contracts.base import ById, ByIds, Done, Page
from contracts.contacts.erasures import ErasePerson, ErasureReason
from contracts.contacts.persons import (
    CreatePerson,
    DeleteContact,
    ListPersons,
    Person,
    PersonsApi,
    PersonSummaries,
    PersonSummary,
    UpdatePerson,
)
from contracts.errors import NotFound
from services.contacts.commands import erasures, persons
from services.contacts.queries import persons as person_cards
from services.contacts.service.base import ContactsMethods


class PersonsMethods(ContactsMethods, PersonsApi):
    """Persons of the register (C1, C2, C5)."""

    def create_person(self, request: CreatePerson) -> Person:
        return persons.create(self.session, request, self.author)

    def get_person(self, request: ById) -> Person:
        if self.principal.kind is PrincipalKind.LINK and self.only_person is None:
            raise NotFound(f"There is no person {request.id}.", id=request.id)
        return person_cards.get(self.reader, request.id, self.only_person)

    def update_person(self, request: UpdatePerson) -> Person:
        return persons.update_details(self.session, request, self.author)

    def delete_person(self, request: DeleteContact) -> Done:
        wanted = ErasePerson(id=request.id, version=request.version, reason=ErasureReason.OFFICE)
        erasures.erase(self.session, wanted, self.author)
        return Done()

    def list_persons(self, request: ListPersons) -> Page[PersonSummary]:
        return person_cards.list_page(self.reader, request, self.today)

    def get_persons(self, request: ByIds) -> PersonSummaries:
        return person_cards.get_many(self.reader, request.ids)
