"""The contacts service: RPC methods and consumed events, each a line or two."""

from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts import contacts as api
from contracts.access import PrincipalKind
from contracts.base import ById, ByIds, Done, Job, ListRequest, Page
from contracts.errors import NotFound
from contracts.membership import ApplicationApproved
from services.contacts.commands import affiliations, consents, fields, imports, organisations, persons, proposals
from services.contacts.commands import segments as saved_segments
from services.contacts.commands.history import Author
from services.contacts.queries import affiliations as affiliation_lists
from services.contacts.queries import consents as consent_lists
from services.contacts.queries import fields as field_lists
from services.contacts.queries import history as history_lists
from services.contacts.queries import imports as import_reports
from services.contacts.queries import organisations as organisation_cards
from services.contacts.queries import persons as person_cards
from services.contacts.queries import recipients, segments, similar


class ContactsService(SystemMethods, api.ContactsApi):
    """Owner of persons, organisations and everything said about them."""

    @property
    def author(self) -> Author:
        """Who changes something in this call."""
        return Author.of(self.principal, self.now, "own" if self.only_person else "")

    def create_person(self, request: api.CreatePerson) -> api.Person:
        return persons.create(self.session, request, self.author)

    def get_person(self, request: ById) -> api.Person:
        if self.principal.kind is PrincipalKind.LINK and self.only_person is None:
            raise NotFound(f"There is no person {request.id}.", id=request.id)
        return person_cards.get(self.reader, request.id, self.only_person)

    def update_person(self, request: api.UpdatePerson) -> api.Person:
        return persons.update_details(self.session, request, self.author)

    def delete_person(self, request: api.DeleteContact) -> Done:
        persons.delete_for_good(self.session, request, self.author)
        return Done()

    def list_persons(self, request: api.ListPersons) -> Page[api.PersonSummary]:
        return person_cards.list_page(self.reader, request)

    def get_persons(self, request: ByIds) -> api.PersonSummaries:
        return person_cards.get_many(self.reader, request.ids)

    def list_history(self, request: api.History) -> Page[api.Change]:
        return history_lists.list_page(self.reader, request)

    def create_organisation(self, request: api.CreateOrganisation) -> api.Organisation:
        return organisations.create(self.session, request, self.author)

    def get_organisation(self, request: ById) -> api.Organisation:
        return organisation_cards.get(self.reader, request.id)

    def update_organisation(self, request: api.UpdateOrganisation) -> api.Organisation:
        return organisations.update_details(self.session, request, self.author)

    def delete_organisation(self, request: api.DeleteContact) -> Done:
        organisations.delete(self.session, request, self.author, self.today)
        return Done()

    def list_organisations(self, request: api.ListOrganisations) -> Page[api.OrganisationSummary]:
        return organisation_cards.list_page(self.reader, request)

    def create_affiliation(self, request: api.CreateAffiliation) -> api.Affiliation:
        return affiliations.create(self.session, request, self.author)

    def end_affiliation(self, request: api.EndAffiliation) -> api.Affiliation:
        return affiliations.end(self.session, request, self.author)

    def list_affiliations(self, request: api.ListAffiliations) -> Page[api.Affiliation]:
        return affiliation_lists.list_page(self.reader, request)

    def propose_person(self, request: api.ProposePerson) -> api.PersonRef:
        return proposals.propose(self.session, request, self.author)

    def accept_person(self, request: api.AcceptPerson) -> api.PersonRef:
        return proposals.accept(self.session, request.id, request.link_to, self.author)

    def find_similar(self, request: api.FindSimilar) -> api.SimilarPersons:
        return similar.find(self.reader, request)

    def find_similar_to(self, request: api.FindSimilarTo) -> api.SimilarPersons:
        return similar.find_to(self.reader, request)

    def get_recipients(self, request: ByIds) -> api.Recipients:
        return recipients.get_many(self.reader, request.ids)

    def set_consent(self, request: api.SetConsent) -> Done:
        if self.only_person and persons.resolve(self.session, self.only_person) != persons.resolve(
            self.session, request.person_id
        ):
            raise NotFound(f"There is no person {request.person_id}.", id=request.person_id)
        consents.set_consent(self.session, request, self.author)
        return Done()

    def get_consents(self, request: ById) -> api.Consents:
        person = person_cards.get(self.reader, request.id, self.only_person)
        return consent_lists.of_person(self.reader, person.id)

    def define_field(self, request: api.DefineField) -> api.FieldDefinition:
        return fields.define(self.session, request)

    def list_fields(self, request: ListRequest) -> api.FieldDefinitions:
        return field_lists.list_all(self.reader)

    def create_segment(self, request: api.CreateSegment) -> api.Segment:
        segments.compiled(self.session, request.filter, self.today)
        return segments.reply(self.session, saved_segments.create(self.session, request, self.author), self.today)

    def get_segment(self, request: ById) -> api.Segment:
        return segments.get(self.reader, request.id, self.today)

    def list_segments(self, request: ListRequest) -> Page[api.Segment]:
        return segments.list_page(self.reader, request, self.today)

    def preview_segment(self, request: api.PreviewSegment) -> api.SegmentCount:
        return api.SegmentCount(count=segments.count(self.reader, request.filter, self.today))

    def list_segment_members(self, request: api.SegmentMembers) -> Page[api.PersonSummary]:
        return segments.list_members(self.reader, request, self.today)

    def start_import(self, request: api.StartImport) -> Job:
        return imports.start(self.session, request, self.author)

    def get_import(self, request: ById) -> api.Import:
        return import_reports.get(self.reader, request.id)

    def list_imports(self, request: ListRequest) -> Page[api.Import]:
        return import_reports.list_page(self.reader, request)

    def list_import_rows(self, request: api.ListImportRows) -> Page[api.ImportRow]:
        return import_reports.list_rows(self.reader, request)

    @subscribe(ApplicationApproved)
    def accept_applicant(self, event: ApplicationApproved) -> None:
        author = Author.of(self.principal, self.now, "application")
        proposals.accept_approved(self.session, event.person_id, event.link_to, author)
