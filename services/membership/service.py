"""Membership's entrypoints."""

from uuid import UUID

from chassis import personal_data, redirects
from chassis.following import follows
from chassis.rpc import client
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts import membership as contract
from contracts.base import ById, Nothing, Page
from contracts.commerce import CommerceApi
from contracts.commerce.invoices import InvoiceIssued, InvoiceKind, InvoicePaid
from contracts.contacts import ContactsApi
from contracts.contacts.erasures import PersonErased
from contracts.contacts.merges import OrganisationMerged, OrganisationUnmerged, PersonMerged, PersonUnmerged
from contracts.contacts.persons import PersonState
from contracts.contacts.proposals import PersonAccepted, ProposePerson
from contracts.errors import Conflict, Invalid, NotFound
from contracts.membership import MembershipApi
from services.membership.commands import agreements, applications, fees, memberships, types
from services.membership.queries import applications as application_queries
from services.membership.queries import memberships as membership_queries
from services.membership.queries import types as type_queries

contacts = client(ContactsApi)
commerce = client(CommerceApi)


class MembershipService(SystemMethods, MembershipApi):
    """Membership types, applications, agreements, memberships."""

    def create_membership_type(self, request: contract.CreateMembershipType) -> contract.MembershipType:
        types.check(request)
        for pointer in ("fee_product_id", "joining_fee_product_id"):
            _check_product(pointer, getattr(request, pointer))
        type_id = types.create(self.session, request)
        return type_queries.get_type(self.session.connection(), type_id)

    def list_membership_types(self, request: Nothing) -> contract.MembershipTypes:
        return type_queries.list_types(self.reader)

    def get_membership_type(self, request: ById) -> contract.MembershipType:
        return type_queries.get_type(self.reader, request.id)

    def submit_application(self, request: contract.SubmitApplication) -> contract.Application:
        applications.check(request, self.today)
        self._check_open(request.membership_type_id)
        application_id = request.id or self.id_for("application")
        contacts.propose_person(
            ProposePerson(
                id=applications.applicant_id(application_id),
                given_name=request.given_name,
                family_name=request.family_name,
                email=request.email,
                phone=request.phone,
                language=request.language,
                birth_date=request.birth_date,
                addresses=[request.address] if request.address else [],
            )
        )
        return applications.submit(self.session, request, application_id, self.now).as_contract()

    def _check_open(self, type_id: UUID) -> None:
        try:
            found = type_queries.get_type(self.reader, type_id)
        except NotFound as error:
            raise Invalid.field("/membership_type_id", "no_such_type", error.message, id=type_id) from error
        if not found.open_for_applications:
            raise Conflict(f"{found.name.fi} does not take applications now.", code="type_closed", type=found.code)

    def get_application(self, request: ById) -> contract.Application:
        return application_queries.get_application(self.reader, request.id, self.only_person, self.only_object)

    def list_applications(self, request: contract.ListApplications) -> Page[contract.Application]:
        return application_queries.list_applications(self.reader, request)

    def decide_application(self, request: contract.DecideApplication) -> contract.Application:
        applications.check_decision(request)
        if request.link_to is not None:
            _check_registered("link_to", request.link_to)
        by, today, now = self.principal.label, self.today, self.now
        return applications.decide(self.session, request, by=by, today=today, now=now).as_contract()

    def get_membership(self, request: ById) -> contract.Membership:
        return membership_queries.get_membership(self.reader, request.id, self.today, self.only_person)

    def list_memberships(self, request: contract.ListMemberships) -> Page[contract.Membership]:
        return membership_queries.list_memberships(self.reader, request, self.today, self.only_person)

    def get_agreement(self, request: ById) -> contract.Agreement:
        return application_queries.get_agreement(self.reader, request.id, self.only_person)

    def open_membership(self, request: contract.OpenMembership) -> contract.Membership:
        person_id = _check_registered("person_id", request.person_id)
        opening = agreements.Opening(
            person_id=person_id,
            payer_id=redirects.known_as(self.session, request.payer_id) if request.payer_id else person_id,
            membership_type_id=request.membership_type_id,
            application_id=None,
            by=self.principal.label,
        )
        membership_id = memberships.open_membership(self.session, opening, self.today, self.now)
        return membership_queries.get_membership(self.session.connection(), membership_id, self.today)

    def end_membership(self, request: contract.EndMembership) -> contract.Membership:
        memberships.end_membership(self.session, request, by=self.principal.label, now=self.now)
        return membership_queries.get_membership(self.session.connection(), request.id, self.today)

    def get_entitlements(self, request: contract.AskEntitlements) -> contract.Entitlements:
        return membership_queries.get_entitlements(self.reader, request)

    def get_statistics(self, request: Nothing) -> contract.MembershipStatistics:
        return membership_queries.get_statistics(self.reader, self.today)

    @subscribe(PersonAccepted)
    def open_accepted(self, event: PersonAccepted) -> None:
        by, today, now = self.principal.label, self.today, self.now
        applications.accept_person(self.session, event.proposed_id, event.person_id, by=by, today=today, now=now)

    @subscribe(InvoiceIssued)
    def record_invoice(self, event: InvoiceIssued) -> None:
        if event.about_kind == "membership" and event.about_id and event.kind is InvoiceKind.INVOICE:
            fees.record_invoice(self.session, event.about_id, event.invoice_id)

    @subscribe(InvoicePaid)
    def record_payment(self, event: InvoicePaid) -> None:
        if event.about_kind == "membership" and event.about_id:
            by, now = self.principal.label, self.now
            fees.record_payment(self.session, event.about_id, event.invoice_id, paid_on=event.paid_on, by=by, now=now)

    @subscribe(PersonErased)
    def erase_person(self, event: PersonErased) -> None:
        personal_data.erase(self.session, self.service_name, event.person_id, event.person_ids, self.now)

    follow_merged_person = follows(PersonMerged, "survivor_id")
    follow_unmerged_person = follows(PersonUnmerged, "person_id")
    follow_merged_organisation = follows(OrganisationMerged, "survivor_id")
    follow_unmerged_organisation = follows(OrganisationUnmerged, "organisation_id")


def _check_product(pointer: str, product_id: UUID | None) -> None:
    if product_id is None:
        return
    try:
        commerce.get_product(ById(id=product_id))
    except NotFound as error:
        raise Invalid.field(f"/{pointer}", "no_such_product", f"There is no product {product_id}.") from error


def _check_registered(pointer: str, person_id: UUID) -> UUID:
    """The id under which the register knows the person; raises Invalid unless it does."""
    try:
        person = contacts.get_person(ById(id=person_id))
    except NotFound as error:
        raise Invalid.field(f"/{pointer}", "no_such_person", f"There is no person {person_id}.") from error
    if person.state is not PersonState.ACTIVE:
        raise Invalid.field(
            f"/{pointer}", "not_registered", f"Person {person_id} is {person.state.value}, not in the register."
        )
    return person.id
