"""Courses: courses, sessions, enrolments, waiting lists (features K1-K9)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from contracts.access import LinkPurpose, Permission, Rule
from contracts.base import (
    ById,
    Code,
    Data,
    EmailText,
    Event,
    Fact,
    Language,
    Line,
    ListRequest,
    Money,
    OptionalLine,
    Page,
    PersonIds,
    PhoneText,
    Reply,
    Request,
    Text,
    Translated,
    TranslatedText,
    command,
    query,
)
from contracts.system import SystemApi
from contracts.values import Moment


class CourseDetails(Data):
    """A course: what is taught. Its sessions say when and where."""

    code: Code
    name: Translated
    description: TranslatedText = TranslatedText(fi="")
    topic: Code = "general"


class CreateCourse(CourseDetails, Request):
    """A new course."""


class Course(CourseDetails, Reply):
    """A course."""

    id: UUID
    version: int = 1


Seats = Annotated[int, Field(ge=1, le=100_000)]
HoldMinutes = Annotated[int, Field(ge=1, le=60 * 24 * 14)]
OfferHours = Annotated[int, Field(ge=1, le=24 * 14)]


class SessionItemDetails(Data):
    """What a session sells: a product, under a name of its own if it has one.

    Required items come with every enrolment. With times, for parts that cannot be attended at once.
    """

    product_id: UUID
    name: Translated | None = None
    required: bool = False
    starts_at: Moment | None = None
    ends_at: Moment | None = None


class SessionItemWanted(SessionItemDetails):
    """An item as it shall be: with the `id` of one that there is, or a new one."""

    id: UUID | None = None


class SessionItem(SessionItemDetails, Reply):
    """An item of a session."""

    id: UUID


SessionItems = Annotated[list[SessionItemWanted], Field(min_length=1, max_length=50)]
"""All items in their order; the first is required."""


class SessionDetails(Data):
    """A session of a course: times with zone, place, seats."""

    course_id: UUID
    starts_at: Moment
    ends_at: Moment
    place: Line
    city: OptionalLine = ""
    seats: Seats
    hold_minutes: HoldMinutes = 30
    """How long a seat is held for payment by card."""
    offer_hours: OfferHours = 48
    """How long an offer to the waiting list stands."""
    published: bool = True


class CreateSession(SessionDetails, Request):
    """A new session, with either `items` or `product_id`, which makes one required item."""

    product_id: UUID | None = None
    items: SessionItems | None = None


class UpdateSession(Request):
    """Changes a session: who is enrolled is told of another time or place; added seats are offered to who waits.

    Never fewer seats than are taken. A price holds for seats taken from now on. `items` takes the place of all items;
    who chose one that is gone keeps it. `product_id` alone changes the product of the first.
    """

    id: UUID
    version: int
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    place: Line | None = None
    city: OptionalLine | None = None
    seats: Seats | None = None
    product_id: UUID | None = None
    items: SessionItems | None = None
    hold_minutes: HoldMinutes | None = None
    offer_hours: OfferHours | None = None
    published: bool | None = None
    clear: Annotated[list[Code], Field(max_length=10)] = []
    """Names of fields to empty: `city`."""


class Session(SessionDetails, Reply):
    """A session with its seats; `waiting` counts the waiting list."""

    id: UUID
    course: Course
    product_id: UUID
    """The product of the first item."""
    items: list[SessionItem] = []
    seats_free: int
    waiting: int
    version: int = 1


class ListSessions(ListRequest):
    """Published sessions that have not begun (staff: all, with `all`), by start; filters combine.

    `q`: words that all occur in code, name, description, place or city.
    """

    topic: Code | None = None
    city: OptionalLine | None = None
    q: OptionalLine | None = None
    starts_after: Moment | None = None
    starts_before: Moment | None = None
    all: bool = False


class EnrolmentState(StrEnum):
    """`held` waits for payment until `expires_at`; `offered` is a seat offered to the first in the waiting list."""

    HELD = "held"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class PaymentMethod(StrEnum):
    """How an enrolment is paid."""

    CARD = "card"
    INVOICE = "invoice"


class NewPerson(Data):
    """Somebody who is not in the register yet; becomes a proposed person."""

    given_name: Line
    family_name: Line
    email: EmailText
    phone: PhoneText | None = None
    language: Language = Language.FI


class Enrol(Request):
    """Takes a seat, or a place in the waiting list (K2). Exactly one of `person_id` and `new_person`.

    `items` chooses by the id of an item or of its product; required ones come along unnamed.
    """

    session_id: UUID
    items: Annotated[list[UUID], Field(max_length=50)] = []
    person_id: UUID | None = None
    new_person: NewPerson | None = None
    payment: PaymentMethod = PaymentMethod.CARD
    note: Text = ""


class Enrolment(Reply):
    """An enrolment. `waiting_number` grows in the order in which people joined the waiting list."""

    id: UUID
    session_id: UUID
    person_id: UUID
    state: EnrolmentState
    payment: PaymentMethod
    items: list[SessionItem] = []
    """What was chosen."""
    price: Money | None = None
    quote_id: UUID | None = None
    order_id: UUID | None = None
    waiting_number: int | None = None
    expires_at: datetime | None = None
    created_at: datetime
    ticket_key: str | None = None
    checked_in_at: datetime | None = None
    version: int = 1
    session_name: Translated | None = None
    session_starts_at: datetime | None = None
    session_ends_at: datetime | None = None
    session_place: str = ""
    session_city: str = ""


class ListEnrolments(ListRequest):
    """Enrolments of a session or a person, by creation; the waiting ones (`state`) in the order in which they wait."""

    session_id: UUID | None = None
    person_id: UUID | None = None
    person_ids: PersonIds = ""
    state: EnrolmentState | None = None


class CancelEnrolment(Request):
    """Gives the seat back; what was paid is refunded by the session's rules."""

    id: UUID
    reason: OptionalLine = ""


class CheckIn(Request):
    """Somebody shows a ticket at the door (K7); with `session_id`, at the door of this session."""

    ticket_code: Annotated[str, Field(max_length=80)]
    session_id: UUID | None = None


class EnrolmentLink(Reply):
    """The token of a personal link to an enrolment (TAKE_OFFER)."""

    token: str


class TicketFile(Reply):
    """Where the ticket's PDF lies, and the code its QR carries."""

    enrolment_id: UUID
    file_key: str
    code: str


# Events


class SeatHeld(Event):
    """A seat is held until `expires_at`; commerce makes the order under `order_id` from the confirmed quote."""

    type: ClassVar = "enrolment.seat_held.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID
    order_id: UUID
    quote_id: UUID
    payment: PaymentMethod
    expires_at: datetime | None


class EnrolmentWaitlisted(Event):
    """Somebody joined the waiting list."""

    type: ClassVar = "enrolment.waitlisted.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID
    waiting_number: int


class SeatOffered(Event):
    """A freed seat is kept for the first in the waiting list until `expires_at`."""

    type: ClassVar = "enrolment.seat_offered.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID
    expires_at: datetime


class EnrolmentConfirmed(Event):
    """The seat is paid or billed."""

    type: ClassVar = "enrolment.confirmed.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID


class TimeAndPlace(Data):
    """When and where a session is held."""

    starts_at: datetime
    ends_at: datetime
    place: str
    city: str = ""


class ToTell(Data):
    """Somebody enrolled who has to hear of a change; with a ticket when the seat is confirmed."""

    enrolment_id: UUID
    person_id: UUID
    with_ticket: bool


class SessionMoved(Event):
    """A session has another time or place; `to_tell` names up to 1,000 of those enrolled, more events the others."""

    type: ClassVar = "session.moved.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "session_id"
    session_id: UUID
    version: int
    before: TimeAndPlace
    after: TimeAndPlace
    to_tell: list[ToTell]


class TicketReady(Event):
    """The ticket's PDF is stored and can be sent."""

    type: ClassVar = "enrolment.ticket_ready.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    person_id: UUID


class EnrolmentCancelled(Event):
    """The enrolment ended; commerce cancels or credits and refunds the order."""

    type: ClassVar = "enrolment.cancelled.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID
    order_id: UUID | None
    refund: bool


class HoldExpired(Event):
    """Nobody paid, or took the offer (then there is no order), in time; the seat is free again."""

    type: ClassVar = "enrolment.hold_expired.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "enrolment_id"
    enrolment_id: UUID
    session_id: UUID
    person_id: UUID
    order_id: UUID | None


class EnrolmentFact(Fact):
    """An enrolment. `person_id` is who enrolled, whatever was merged since; `attended`: came and was checked in."""

    id: UUID
    person_id: UUID
    session_id: UUID
    course_code: str
    topic: str
    starts_at: datetime
    enrolled_at: datetime
    state: EnrolmentState
    attended: bool


class EnrolmentsChanged(Event):
    """How up to 1,000 enrolments are now; a fact with a greater `number` is a later one."""

    type: ClassVar = "enrolments.changed.v1"
    source: ClassVar = "courses"
    subject_id: ClassVar = "number"
    number: int
    enrolments: list[EnrolmentFact]


class CoursesApi(SystemApi, name="courses"):
    """Courses' RPC methods."""

    @command(may=Permission.COURSES_WRITE)
    def create_course(self, request: CreateCourse) -> Course: ...

    @query(may=Rule.PUBLIC)
    def get_course(self, request: ById) -> Course: ...

    @query(may=Rule.PUBLIC)
    def list_courses(self, request: ListRequest) -> Page[Course]: ...

    @command(may=Permission.COURSES_WRITE)
    def create_session(self, request: CreateSession) -> Session: ...

    @command(may=Permission.COURSES_WRITE)
    def update_session(self, request: UpdateSession) -> Session: ...

    @query(may=Rule.PUBLIC)
    def get_session(self, request: ById) -> Session: ...

    @query(may=Rule.PUBLIC)
    def list_sessions(self, request: ListSessions) -> Page[Session]: ...

    @command(may=[Permission.COURSES_WRITE, Rule.OWN, Rule.PUBLIC])
    def enrol(self, request: Enrol) -> Enrolment: ...

    @command(may=Rule.GATEWAY, remember=False)
    def open_enrolment_link(self, request: ById) -> EnrolmentLink: ...

    @query(may=[Permission.COURSES_READ, Rule.OWN, LinkPurpose.TAKE_OFFER, LinkPurpose.SHOW_TICKET])
    def get_enrolment(self, request: ById) -> Enrolment: ...

    @query(may=[Permission.COURSES_READ, Rule.OWN])
    def list_enrolments(self, request: ListEnrolments) -> Page[Enrolment]: ...

    @command(may=[Permission.COURSES_WRITE, Rule.OWN])
    def cancel_enrolment(self, request: CancelEnrolment) -> Enrolment: ...

    @command(may=[Permission.COURSES_WRITE, Rule.OWN, LinkPurpose.TAKE_OFFER])
    def take_offer(self, request: ById) -> Enrolment: ...

    @query(may=[Permission.COURSES_READ, Rule.OWN, LinkPurpose.SHOW_TICKET])
    def get_ticket(self, request: ById) -> TicketFile: ...

    @command(may=Permission.COURSES_WRITE)
    def check_in(self, request: CheckIn) -> Enrolment: ...
