"""Persons who came from the web, until they are accepted or linked."""

from chassis.service import subscribe
from contracts.contacts.proposals import AcceptPerson, PersonRef, ProposalsApi, ProposePerson
from contracts.membership import ApplicationApproved
from services.contacts.commands import proposals
from services.contacts.commands.history import Author
from services.contacts.service.base import ContactsMethods


class ProposalsMethods(ContactsMethods, ProposalsApi):
    """Persons who came from the web, until they are accepted or linked."""

    def propose_person(self, request: ProposePerson) -> PersonRef:
        return proposals.propose(self.session, request, self.author)

    def accept_person(self, request: AcceptPerson) -> PersonRef:
        return proposals.accept(self.session, request.id, request.link_to, self.author)

    @subscribe(ApplicationApproved)
    def accept_applicant(self, event: ApplicationApproved) -> None:
        author = Author.of(self.principal, self.now, "application")
        proposals.accept_approved(self.session, event.person_id, event.link_to, author)
