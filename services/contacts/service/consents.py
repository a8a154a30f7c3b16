"""Consents and bans per channel (C17)."""

from chassis.service import subscribe
from contracts.base import ById, Done
from contracts.contacts.consents import Consents, ConsentsApi, SetConsent
from contracts.errors import NotFound
from contracts.notify import PersonResubscribed, PersonUnsubscribed
from services.contacts.commands import consents, persons
from services.contacts.queries import consents as consent_lists
from services.contacts.queries import persons as person_cards
from services.contacts.service.base import ContactsMethods


class ConsentsMethods(ContactsMethods, ConsentsApi):
    """Consents and bans per channel (C17)."""

    def set_consent(self, request: SetConsent) -> Done:
        if self.only_person and persons.resolve(self.session, self.only_person) != persons.resolve(
            self.session, request.person_id
        ):
            raise NotFound(f"There is no person {request.person_id}.", id=request.person_id)
        consents.set_consent(self.session, request, self.author)
        return Done()

    def get_consents(self, request: ById) -> Consents:
        person = person_cards.get(self.reader, request.id, self.only_person)
        return consent_lists.of_person(self.reader, person.id)

    @subscribe(PersonUnsubscribed)
    def take_unsubscription(self, event: PersonUnsubscribed) -> None:
        consents.unsubscribe(self.session, event)

    @subscribe(PersonResubscribed)
    def take_resubscription(self, event: PersonResubscribed) -> None:
        consents.resubscribe(self.session, event)
