"""A person gets a copy of all that the suite holds about them (C17)."""

from contracts.base import ById
from contracts.contacts.data_copies import DataCopiesApi
from contracts.contacts.persons import Person
from contracts.errors import NotFound
from services.contacts.commands import history, persons
from services.contacts.replies import person_of
from services.contacts.service.base import ContactsMethods


class DataCopiesMethods(ContactsMethods, DataCopiesApi):
    """A person gets a copy of all that the suite holds about them (C17)."""

    def begin_data_copy(self, request: ById) -> Person:
        person = persons.locked(self.session, request.id)
        if self.only_person and persons.resolve(self.session, self.only_person) != person.id:
            raise NotFound(f"There is no person {request.id} among your own.", id=request.id)
        history.record(self.session, person.id, self.author, {"data_copy": (None, "made")})
        return person_of(person)
