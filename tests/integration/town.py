"""All six services on their real databases in one process, with mailbox, SMS and card payments simulated over sockets.

Events travel from outbox to handlers by `settle`, which can deliver them twice and out of order; workers run their
tasks in between. What travels over the broker is proven in test_chassis_*.py and tests/e2e.
"""

import importlib
import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

from chassis import clock, erased_texts, execution, outbox, rpc, telling
from chassis import worker as chassis_worker
from chassis.database import database_of
from chassis.ids import new_id
from chassis.principals import verify
from chassis.service import SERVICES, Subscription, all_subscriptions, service_class
from chassis.settings import settings
from chassis.worker import Worker
from contracts.access import Principal
from contracts.base import ById, Event, Job, Translated
from contracts.commerce.payments import ProviderCallback, StartPayment
from contracts.commerce.products import CreateProduct
from contracts.contacts.addresses import Address
from contracts.contacts.persons import CreatePerson, Person
from contracts.contacts.segments import CreateSegment, SegmentFilter
from contracts.courses import CreateCourse, CreateSession, Enrol, Enrolment, Session
from contracts.identity import LinkToken
from contracts.notify import Mailing
from ops.simulators.clients import Mailbox, PaymentProvider, SmsInbox
from tests.integration.companies import opened_companies
from tests.integration.conftest import ANONYMOUS, member, staff

LAZY = {
    "clean_up", "parked", "forget", "drop_quotes", "check_payments", "settle_redirects", "scan_duplicates_nightly",
}  # fmt: skip
"""Tasks that have nothing to do in these tests."""
CROWD = """
    INSERT INTO persons (id, state, given_name, family_name, email, email_key, sort_key, search, tags, addresses,
                         language, created_at, updated_at)
    SELECT gen_random_uuid(), 'active', 'Väinö' || n, 'Väki', 'v' || n || '@example.org', 'v' || n || '@example.org',
           lpad(n::text, 6, '0'), 'väinö väki', CAST(:tag AS jsonb), CAST(:addresses AS jsonb),
           (ARRAY['fi', 'sv', 'en'])[1 + n % 3], now(), now()
      FROM generate_series(1, :count) AS n"""


@dataclass
class Town:
    """The services, the companies outside, and who lives there."""

    call_service: Callable[..., Any]
    mailbox: Mailbox
    sms: SmsInbox
    payments: PaymentProvider
    workers: dict[str, Worker] = field(default_factory=lambda: {name: Worker(name) for name in SERVICES})
    seen: dict[str, int] = field(default_factory=dict)
    subscriptions: list[Subscription] = field(default_factory=all_subscriptions)

    def __post_init__(self) -> None:
        for service in SERVICES:
            for module in ("jobs", "worker"):
                if importlib.util.find_spec(f"services.{service}.{module}"):
                    importlib.import_module(f"services.{service}.{module}")

    def call(self, service: str, method: str, request: Any, principal: Principal | None = None) -> Any:
        return self.call_service(service, method, request, principal=principal or staff())

    def contacts(self, method: str, request: Any) -> Any:
        return self.call("contacts", method, request)

    def settle(self, *, twice: bool = False, shuffled: int | None = None) -> None:
        """Deliver events and let the workers work until nothing moves any more; handlers that fail are tried again."""
        waiting: list[tuple[Subscription, dict[str, Any]]] = []
        failed = 0
        for _ in range(60):
            waiting += self._new_events() * (2 if twice else 1)
            if shuffled is not None:
                random.Random(shuffled).shuffle(waiting)
            before, waiting = len(waiting), [each for each in waiting if not self._handled(*each)]
            worked = self.work()
            failed = failed + 1 if waiting and len(waiting) == before else 0
            if not before and not worked:
                return
            assert failed < 5, f"cannot be handled: {[each[0].name for each in waiting]}"
        raise AssertionError("the town does not come to rest")

    def deliver(self) -> None:
        """Deliver the events told so far; no worker works."""
        for each in self._new_events():
            assert self._handled(*each)

    def hear(self, service: str, event: Event) -> None:
        """A service hears of an event that nobody here has told."""
        envelope = outbox.envelope_of(event)
        for each in self.consumers(event.type):
            if each.service == service:
                execution.handle(service_class(service), each, envelope)

    def _new_events(self) -> list[tuple[Subscription, dict[str, Any]]]:
        found = []
        for service in SERVICES:
            with database_of(service).reader() as connection:
                rows = connection.execute(
                    text("SELECT id, envelope FROM outbox WHERE id > :seen ORDER BY id"),
                    {"seen": self.seen.get(service, 0)},
                ).all()
            for row in rows:
                self.seen[service] = row.id
                found += [
                    (each, row.envelope) for each in self.subscriptions if each.event.type == row.envelope["type"]
                ]
        return found

    def consumers(self, event_type: str) -> list[Subscription]:
        return [each for each in self.subscriptions if each.event.type == event_type]

    @staticmethod
    def _handled(subscription: Subscription, envelope: dict[str, Any]) -> bool:
        try:
            execution.handle(service_class(subscription.service), subscription, envelope)
        except Exception as error:
            print(f"{subscription.name} tries again after {error!r}")
            return False
        return True

    def work(self) -> bool:
        """Run every task once; whether one of them told or sent something."""
        before = self._progress()
        self.hurry()
        for service, worker in self.workers.items():
            with rpc.calling(rpc.system_caller(service)):
                chassis_worker.run_job_chunk(worker)
                telling.tell_next(worker)
                erased_texts.search_next(worker)
                for task in chassis_worker._tasks:
                    if task.service == service and task.name not in LAZY:
                        task.run(worker)
        return self._progress() != before

    def _progress(self) -> list[Any]:
        counted = [self.rows(service, "SELECT max(id) FROM outbox")[0][0] for service in SERVICES]
        return [*counted, self.rows("notify", "SELECT state, count(*) FROM messages GROUP BY state ORDER BY state")]

    def hurry(self) -> None:
        """What waits for its next try is tried now."""
        self.alter("notify", "UPDATE messages SET next_at = now() WHERE state IN ('created', 'temporary-failure')")
        self.alter("notify", "UPDATE jobs SET not_before = now() WHERE state IN ('queued', 'running')")

    def rows(self, service: str, sql: str, **values: Any) -> list[Any]:
        with database_of(service).reader() as connection:
            return list(connection.execute(text(sql), values))

    def alter(self, service: str, sql: str, **values: Any) -> None:
        with database_of(service).transaction() as session:
            session.execute(text(sql), values)

    def person(self, name: str = "Aino", language: str = "fi", **more: Any) -> Person:
        """Somebody of the register, whose address is the name."""
        details = {"family_name": "Aalto", "email": f"{name.lower()}@example.org", "phone": "+358401234567"} | more
        found: Person = self.call(
            "contacts", "create_person", CreatePerson(given_name=name, language=language, **details)
        )
        return found

    def crowd(self, count: int, tag: str = "crowd") -> UUID:
        """So many persons of the register with addresses, made without ceremony; the segment that finds them."""
        address = Address(street="Mannerheimintie 1 A 2", postal_code="00100", city="Helsinki").model_dump(mode="json")
        self.alter("contacts", CROWD, count=count, tag=json.dumps([tag]), addresses=json.dumps([address]))
        tagged = SegmentFilter(field="tag", op="eq", value=tag)
        segment_id: UUID = self.call("contacts", "create_segment", CreateSegment(name=tag, filter=tagged)).id
        return segment_id

    def product(self, price: str = "90.00", category: str = "courses") -> UUID:
        request = CreateProduct(code=f"p{new_id().hex}", name=Translated(fi="Päivä"), category=category, price=price)
        product_id: UUID = self.call("commerce", "create_product", request).id
        return product_id

    def session(self, seats: int = 1, price: str = "90.00", **changes: Any) -> Session:
        name = Translated(fi="Johtaminen", sv="Ledarskap", en="Leadership")
        course = self.call("courses", "create_course", CreateCourse(code=f"c{new_id().hex}", name=name))
        starts_at = datetime.now(UTC) + timedelta(days=40)
        fields = {
            "course_id": course.id,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=6),
            "place": "Järjestötalo",
            "seats": seats,
            "product_id": self.product(price),
        }
        found: Session = self.call("courses", "create_session", CreateSession(**fields | changes))
        return found

    def enrol(self, session: Session, person: Person, **named: Any) -> Enrolment:
        request = Enrol(session_id=session.id, person_id=person.id, **named)
        found: Enrolment = self.call("courses", "enrol", request, member(person.id))
        return found

    def enrolment(self, enrolment: Enrolment) -> Enrolment:
        found: Enrolment = self.call("courses", "get_enrolment", ById(id=enrolment.id))
        return found

    def order(self, enrolment: Enrolment) -> Any:
        return self.call("commerce", "get_order", ById(id=enrolment.order_id))

    def pay(self, principal: Principal, *, times: int = 1, **what: UUID) -> dict[str, str]:
        """Pay an order or invoice by card; the provider tells us `times`. The notice."""
        payment = self.call("commerce", "start_payment", StartPayment(**what), principal)
        transaction_id = urlsplit(payment.pay_url).path.rstrip("/").rpartition("/")[2]
        notice = dict(parse_qsl(urlsplit(self.payments.pay(transaction_id, deliver=0)).query))
        for _ in range(times):
            self.notify_payment(notice)
        return notice

    def notify_payment(self, notice: dict[str, str]) -> None:
        self.call("commerce", "receive_callback", ProviderCallback(provider="paytrail", parameters=notice), ANONYMOUS)

    def launch(self, mailing: Mailing) -> Job:
        found: Job = self.call("notify", "launch_mailing", ById(id=mailing.id))
        return found

    def mailing(self, mailing: Mailing) -> Mailing:
        """The mailing as it is now."""
        found: Mailing = self.call("notify", "get_mailing", ById(id=mailing.id))
        return found

    def subjects(self, person: Person) -> list[str]:
        """Subjects of all mail to a person, oldest first."""
        return [each["subject"] for each in reversed(self.mailbox.messages(person.email or ""))]

    def mail(self, person: Person, subject: str) -> dict[str, Any]:
        return self.mailbox.wait_for(person.email or "", subject)

    def link_principal(self, told: str, path: str) -> Principal:
        """Who opens the personal link in a text, as identity says."""
        found = re.search(rf"{re.escape(settings().talkoo_base_url)}{path}/([A-Za-z0-9_.~-]+)", told)
        assert found, told
        signed = self.call("identity", "get_link_principal", LinkToken(token=found.group(1)), ANONYMOUS)
        return verify(signed.token, clock.now())


@contextmanager
def opened_town(
    call_service: Callable[..., Any], clean_database: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """An empty town whose messages and payments go to simulators of its own."""
    for service in SERVICES:
        clean_database(service)
    with opened_companies(monkeypatch) as (mailbox, sms, payments):
        town = Town(call_service, mailbox, sms, payments)
        yield town
        for worker in town.workers.values():
            worker.database.dispose()
