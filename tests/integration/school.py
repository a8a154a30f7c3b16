"""Courses through their real entrypoints: sessions with some seats, and everybody who wants one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis.amqp_client import AmqpRpcClient
from chassis.database import database_of
from chassis.ids import new_id
from chassis.worker import Worker
from contracts.access import ANONYMOUS, LinkPurpose, Principal, PrincipalKind
from contracts.base import ById, Event, Page, Translated
from contracts.commerce.orders import OrderBilled
from contracts.commerce.payments import PaymentCaptured
from contracts.courses import (
    CancelEnrolment,
    CheckIn,
    Course,
    CreateCourse,
    CreateSession,
    Enrol,
    Enrolment,
    ListEnrolments,
    NewPerson,
    PaymentMethod,
    Session,
    TicketFile,
)
from contracts.errors import ServiceError
from services.courses import worker as tasks
from tests.integration.conftest import staff
from tests.integration.neighbours import Neighbours


@dataclass
class School:
    """Courses with one course; contacts and commerce are `neighbours`."""

    call_service: Callable[..., Any]
    handle_event: Callable[..., None]
    recorded: Callable[..., list[dict[str, Any]]]
    neighbours: Neighbours
    product_id: UUID = field(init=False)
    free_id: UUID = field(init=False)
    course: Course = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.product_id, self.free_id = self.neighbours.product("90.00"), self.neighbours.product("0.00")
        self.course = self.new_course()
        self.worker = Worker("courses")

    def call(self, method: str, request: Any, **named: Any) -> Any:
        return self.call_service("courses", method, request, **named)

    def new_course(self, **changes: Any) -> Course:
        fields = {"code": f"c{new_id().hex}", "name": Translated(fi="Johtaminen", sv="Ledarskap"), "topic": "board"}
        course: Course = self.call("create_course", CreateCourse(**fields | changes))
        return course

    def new_session(self, seats: int = 1, *, days: float = 40, **changes: Any) -> Session:
        starts_at = datetime.now(UTC) + timedelta(days=days)
        fields = {
            "course_id": self.course.id,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=6),
            "place": "Järjestötalo",
            "city": "Helsinki",
            "seats": seats,
            "product_id": self.product_id,
        }
        session: Session = self.call("create_session", CreateSession(**fields | changes))
        return session

    def session(self, session: Session) -> Session:
        """The session as it is now."""
        found: Session = self.call("get_session", ById(id=session.id))
        return found

    def enrol(self, session: Session, person_id: UUID | None = None, **named: Any) -> Enrolment:
        key, principal = named.pop("key", ""), named.pop("principal", staff())
        request = Enrol(session_id=session.id, person_id=person_id or self.neighbours.person(), **named)
        enrolment: Enrolment = self.call("enrol", request, principal=principal, key=key)
        return enrolment

    def enrol_new(self, session: Session, person: NewPerson | None, **named: Any) -> Enrolment:
        """Somebody who is not in the register."""
        principal, key = named.pop("principal", ANONYMOUS), named.pop("key", "")
        request = Enrol(session_id=session.id, new_person=person, **named)
        enrolment: Enrolment = self.call("enrol", request, principal=principal, key=key)
        return enrolment

    def get(self, enrolment: Enrolment, principal: Principal | None = None) -> Enrolment:
        found: Enrolment = self.call("get_enrolment", ById(id=enrolment.id), principal=principal or staff())
        return found

    def cancel(self, enrolment: Enrolment, principal: Principal | None = None, **named: Any) -> Enrolment:
        request = CancelEnrolment(id=enrolment.id, reason="Este tuli")
        found: Enrolment = self.call("cancel_enrolment", request, principal=principal or staff(), **named)
        return found

    def take(self, enrolment: Enrolment, principal: Principal) -> Enrolment:
        found: Enrolment = self.call("take_offer", ById(id=enrolment.id), principal=principal)
        return found

    def check_in(self, code: str, session_id: UUID | None = None, principal: Principal | None = None) -> Enrolment:
        request = CheckIn(ticket_code=code, session_id=session_id)
        found: Enrolment = self.call("check_in", request, principal=principal or staff())
        return found

    def listed(self, **named: Any) -> Page[Enrolment]:
        principal = named.pop("principal", staff())
        found: Page[Enrolment] = self.call("list_enrolments", ListEnrolments(**named), principal=principal)
        return found

    def paid(self, enrolment: Enrolment, event_id: UUID | None = None) -> None:
        """Commerce tells that the enrolment's order is paid by card."""
        event = PaymentCaptured(
            payment_id=new_id(),
            order_id=enrolment.order_id,
            customer_id=enrolment.person_id,
            about_kind="enrolment",
            about_id=enrolment.id,
        )
        self.handle_event("courses", event, event_id=event_id)

    def billed(self, enrolment: Enrolment) -> None:
        """Commerce tells that the enrolment's order was billed."""
        event = OrderBilled(
            order_id=enrolment.order_id or new_id(),
            invoice_id=new_id(),
            about_kind="enrolment",
            about_id=enrolment.id,
        )
        self.handle_event("courses", event)

    def confirmed(self, session: Session, **named: Any) -> Enrolment:
        enrolment = self.enrol(session, **named)
        self.paid(enrolment)
        return self.get(enrolment)

    def expire(self, *enrolments: Enrolment) -> None:
        """Their time is over, and the worker sees it."""
        self.alter("UPDATE enrolments SET expires_at = now() - interval '1 second' WHERE id = ANY(:ids)", *enrolments)
        self.sweep()

    def sweep(self) -> None:
        while tasks.expire_holds(self.worker):
            pass

    def begin(self, session: Session) -> None:
        """The session has begun."""
        sql = "UPDATE sessions SET starts_at = now() - interval '1 minute' WHERE id = ANY(:ids)"
        self.alter(sql, session)

    def alter(self, sql: str, *things: Enrolment | Session) -> None:
        with database_of("courses").transaction() as session:
            session.execute(text(sql), {"ids": [each.id for each in things]})

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with database_of("courses").reader() as connection:
            return list(connection.execute(text(sql), values))

    def make_tickets(self) -> None:
        while tasks.render_tickets(self.worker):
            pass

    def ticket(self, enrolment: Enrolment, principal: Principal | None = None) -> TicketFile:
        found: TicketFile = self.call("get_ticket", ById(id=enrolment.id), principal=principal or staff())
        return found

    def events(self, kind: type[Event]) -> list[dict[str, Any]]:
        return [each["data"] for each in self.recorded("courses", kind)]


@contextmanager
def opened_school(
    call_service: Callable[..., Any],
    handle_event: Callable[..., None],
    recorded: Callable[..., list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[School]:
    """A school whose neighbours answer in this process."""
    neighbours = Neighbours(AmqpRpcClient.call)
    monkeypatch.setattr(AmqpRpcClient, "call", neighbours.call)
    school = School(call_service, handle_event, recorded, neighbours)
    yield school
    school.worker.database.dispose()


def newcomer(number: int = 0) -> NewPerson:
    return NewPerson(given_name="Ulla", family_name=f"Uusi{number}", email=f"ulla{number}@example.org")


def offer_link(enrolment: Enrolment, object_id: UUID | None = None) -> Principal:
    """Who opens the personal link of an offer."""
    return Principal(
        kind=PrincipalKind.LINK,
        id=str(new_id()),
        person_id=enrolment.person_id,
        link_purpose=LinkPurpose.TAKE_OFFER,
        link_object=object_id or enrolment.id,
    )


def at_once(count: int, work: Callable[[int], Any], threads: int | None = None) -> list[Any]:
    """Results of `work(number)` run at the same time, errors of the service included."""

    def attempt(number: int) -> Any:
        try:
            return work(number)
        except ServiceError as error:
            return error

    with ThreadPoolExecutor(threads or count) as pool:
        return list(pool.map(attempt, range(count)))


BY_INVOICE = PaymentMethod.INVOICE
