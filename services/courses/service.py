"""Courses' entrypoints."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import personal_data
from chassis.clock import local_date
from chassis.following import follows
from chassis.ids import derived_id
from chassis.rpc import client
from chassis.service import subscribe
from chassis.system_methods import SystemMethods
from contracts import courses as contract
from contracts.access import LinkPurpose, PrincipalKind
from contracts.base import ById, ByIds, ListRequest, Page
from contracts.commerce import CommerceApi
from contracts.commerce.orders import OrderBilled
from contracts.commerce.payments import PaymentCaptured
from contracts.commerce.prices import AskQuote, Quote, QuoteLineRequest
from contracts.contacts import ContactsApi
from contracts.contacts.erasures import PersonErased
from contracts.contacts.merges import PersonMerged, PersonUnmerged
from contracts.contacts.proposals import ProposePerson
from contracts.courses import CoursesApi
from contracts.errors import Invalid, NotAllowed, NotFound, Unavailable
from contracts.identity import IdentityApi, IssueLink
from services.courses import checkout
from services.courses.commands import cancellations, catalogue, checkins, enrolments, offers, sessions
from services.courses.queries import catalogue as catalogue_queries
from services.courses.queries import enrolments as enrolment_queries
from services.courses.rules.admission import check_admission, is_staff, sees_all
from services.courses.rules.booking import Bookable, Offer, Wish, seat_words
from services.courses.rules.items import choose

contacts = client(ContactsApi)
commerce = client(CommerceApi)
identity = client(IdentityApi)
TRIES = 4
LINK_LIFE = timedelta(days=14)


class CoursesService(SystemMethods, CoursesApi):
    """Courses, sessions, enrolments, waiting lists, tickets."""

    RETIRED = (
        "evt-contacts-organisation.merged.v1--courses.follow_merged_organisation",
        "evt-contacts-organisation.unmerged.v1--courses.follow_unmerged_organisation",
    )

    def create_course(self, request: contract.CreateCourse) -> contract.Course:
        course_id = catalogue.create_course(self.session, request)
        return catalogue_queries.get_course(self.session.connection(), course_id)

    def get_course(self, request: ById) -> contract.Course:
        return catalogue_queries.get_course(self.reader, request.id)

    def list_courses(self, request: ListRequest) -> Page[contract.Course]:
        return catalogue_queries.list_courses(self.reader, request)

    def create_session(self, request: contract.CreateSession) -> contract.Session:
        catalogue.check_times(request.starts_at, request.ends_at)
        _check_products(request)
        session_id = catalogue.create_session(self.session, request)
        return catalogue_queries.get_session(self.session.connection(), session_id, unpublished=True)

    def update_session(self, request: contract.UpdateSession) -> contract.Session:
        _check_products(request)
        sessions.update_session(self.session, request, self.now)
        return catalogue_queries.get_session(self.session.connection(), request.id, unpublished=True)

    def get_session(self, request: ById) -> contract.Session:
        return catalogue_queries.get_session(self.reader, request.id, unpublished=sees_all(self.principal))

    def list_sessions(self, request: contract.ListSessions) -> Page[contract.Session]:
        if request.all and not sees_all(self.principal):
            raise NotAllowed("Only the office sees what is not published.")
        return catalogue_queries.list_sessions(self.reader, request, self.now)

    def enrol(self, request: contract.Enrol) -> contract.Enrolment:
        check_admission(request, self.principal)
        staff = is_staff(self.principal)
        bookable = catalogue_queries.get_bookable(self.reader, request.session_id, self.now, unpublished=staff)
        items = choose(bookable.items, request.items)
        person_id = self._person(request)
        return self._take_place(Wish(bookable, person_id, items, request.payment, request.note, self.principal.label))

    def _person(self, request: contract.Enrol) -> UUID:
        """Whom the enrolment is for; a new person is proposed to contacts, once per command."""
        if request.new_person is not None:
            new_id = self.id_for("participant")
            contacts.propose_person(ProposePerson(id=new_id, **request.new_person.model_dump()))
            return new_id
        assert request.person_id is not None
        if self.principal.kind is not PrincipalKind.SYSTEM and self.principal.person_id != request.person_id:
            _check_person(request.person_id)
        return request.person_id

    def _take_place(self, wish: Wish) -> contract.Enrolment:
        """A seat or a place in the waiting list, whichever is there; between two tries the other may have come up."""
        quote, waits = None, wish.session.full
        for _ in range(TRIES):
            if waits:
                taken = enrolments.wait(self.session, wish, self.now)
            else:
                quote = quote or _quote(wish.session, wish.items, wish.person_id)
                taken = enrolments.hold(self.session, wish, quote, self.now)
            if taken is not None:
                return taken
            self.call.close()  # rolls back: nothing of this try is kept
            waits = not waits
        raise Unavailable("Many people enrol on this session at this moment; try again.")

    def open_enrolment_link(self, request: ById) -> contract.EnrolmentLink:
        made = enrolment_queries.get_just_made(self.reader, request.id, self.now)
        wanted = IssueLink(
            id=derived_id(request.id, "link"),
            purpose=LinkPurpose.TAKE_OFFER,
            person_id=made.person_id,
            object_id=request.id,
            expires_at=made.created_at + LINK_LIFE,
        )
        return contract.EnrolmentLink(token=identity.issue_link(wanted).token)

    def get_enrolment(self, request: ById) -> contract.Enrolment:
        return enrolment_queries.get_enrolment(self.reader, request.id, self.only_person, self.only_object)

    def list_enrolments(self, request: contract.ListEnrolments) -> Page[contract.Enrolment]:
        return enrolment_queries.list_enrolments(self.reader, request, self.only_person)

    def cancel_enrolment(self, request: contract.CancelEnrolment) -> contract.Enrolment:
        cancellations.cancel(self.session, request, self.only_person, self.now)
        return enrolment_queries.get_enrolment(self.session.connection(), request.id)

    def take_offer(self, request: ById) -> contract.Enrolment:
        offer = enrolment_queries.find_offer(self.reader, request.id, self.now, self.only_person, self.only_object)
        if offer is None:
            raise offers.no_offer()
        quote = _quote(offer, offer.items, offer.person_id)
        offers.take(self.session, offer, quote, self.now)
        return enrolment_queries.get_enrolment(self.session.connection(), request.id)

    def get_ticket(self, request: ById) -> contract.TicketFile:
        return enrolment_queries.get_ticket(self.reader, request.id, self.only_person, self.only_object)

    def check_in(self, request: contract.CheckIn) -> contract.Enrolment:
        enrolment_id = checkins.check_in(self.session, request, by=self.principal.label, now=self.now)
        return enrolment_queries.get_enrolment(self.session.connection(), enrolment_id)

    @subscribe(PaymentCaptured)
    def confirm_paid(self, event: PaymentCaptured) -> None:
        checkout.advance(self.session, event, self.now)

    @subscribe(OrderBilled)
    def confirm_billed(self, event: OrderBilled) -> None:
        checkout.advance(self.session, event, self.now)

    @subscribe(PersonErased)
    def erase_person(self, event: PersonErased) -> None:
        personal_data.erase(self.session, self.service_name, event.person_id, event.person_ids, self.now)

    follow_merged_person = follows(PersonMerged, "survivor_id")
    follow_unmerged_person = follows(PersonUnmerged, "person_id")


def _quote(seat: Bookable | Offer, items: Sequence[contract.SessionItem], person_id: UUID) -> Quote:
    lines = [
        QuoteLineRequest(
            product_id=item.product_id,
            about=seat_words(seat.name, local_date(item.starts_at or seat.starts_at), item.name),
        )
        for item in items
    ]
    return commerce.make_quote(AskQuote(customer_id=person_id, lines=lines))


def _check_products(request: contract.CreateSession | contract.UpdateSession) -> None:
    if request.product_id is not None:
        _check_product(request.product_id, "/product_id")
    for number, item in enumerate(request.items or []):
        _check_product(item.product_id, f"/items/{number}/product_id")


def _check_product(product_id: UUID, pointer: str) -> None:
    try:
        commerce.get_product(ById(id=product_id))
    except NotFound as error:
        raise Invalid.field(pointer, "no_such_product", f"There is no product {product_id}.") from error


def _check_person(person_id: UUID) -> None:
    found = contacts.get_recipients(ByIds(ids=[person_id])).data
    if not found or not found[0].name:  # no name: erased
        raise Invalid.field("/person_id", "no_such_person", f"There is no person {person_id}.")
