"""What the author of a service writes against.

    class MembershipService(ServiceBase, MembershipApi):
        def approve_application(self, request: ApproveApplication) -> Application:
            return applications.approve(self.session, request, now=self.now)

        @subscribe(InvoicePaid)
        def activate_membership(self, event: InvoicePaid) -> None:
            memberships.activate_for_invoice(self.session, event, now=self.now)

Every RPC method of the interface is one method here; every `@subscribe` method consumes one event. Each runs
in one transaction, begun when `session` is first used and committed by the chassis when the method returns.
Run a service with `python -m chassis.serve <name>`.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from chassis import clock
from chassis.call import Call, Trace
from chassis.ids import derived_id, new_id
from contracts.access import Principal
from contracts.base import Event, Request, Service, methods_of

SERVICES = ("contacts", "membership", "courses", "commerce", "notify", "identity")
H = TypeVar("H", bound=Callable[..., None])
E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Subscription:
    """One event consumed by one method of one service."""

    service: str
    handler: str
    event: type[Event]

    @property
    def name(self) -> str:
        """`<service>.<handler>`, as used in inbox and parked rows."""
        return f"{self.service}.{self.handler}"

    @property
    def queue(self) -> str:
        """The queue's name, as Nameko would name it."""
        return f"evt-{self.event.source}-{self.event.type}--{self.name}"


def subscribe(event: type[Event]) -> Callable[[H], H]:
    """Mark a method as the consumer of `event`: idempotent by inbox, parked and retried when it fails."""

    def mark(function: H) -> H:
        function.__subscribes__ = event  # type: ignore[attr-defined]
        return function

    return mark


class ServiceBase(Service):
    """Base of a service class: gives each method its transaction, its time and its caller."""

    RETIRED: ClassVar[tuple[str, ...]] = ()
    """Queues that the service reads no more; where an older version has left them, they would fill for ever."""

    def __init__(self, call: Call) -> None:
        self.call = call

    @classmethod
    def refuse_unstorable(cls, request: Request) -> None:
        """Raise Invalid for what no command of the service may store: asked before each of them begins."""

    @property
    def session(self) -> Session:
        """The transaction of this call (commands and event handlers)."""
        return self.call.session

    @property
    def reader(self) -> Connection:
        """An AUTOCOMMIT connection (queries)."""
        return self.call.reader

    @property
    def now(self) -> datetime:
        """When this call began, UTC."""
        return self.call.now

    @property
    def today(self) -> date:
        """The date in the association's time zone."""
        return clock.local_date(self.call.now)

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return self.call.principal

    @property
    def trace(self) -> Trace:
        """Request, correlation and causation id."""
        return self.call.trace

    @property
    def only_person(self) -> UUID | None:
        """The person whose things alone the caller may see, or None when all."""
        return self.call.only_person

    @property
    def only_object(self) -> UUID | None:
        """The one thing that the caller's personal link opens, or None."""
        return self.call.only_object

    def id_for(self, what: str) -> UUID:
        """An id for what this command makes; every repeat of the command (same key, same content) gets the same."""
        command = self.call.command
        return derived_id(self.principal.label, command.key, command.fingerprint, what) if command else new_id()

    def checkpoint(self) -> None:
        """Commit and go on without a transaction, before calling another service or company."""
        self.call.checkpoint()


@cache
def service_class(name: str) -> type[ServiceBase]:
    """The class of a service, by the service's name: `services.<name>.service:<Name>Service`."""
    module = importlib.import_module(f"services.{name}.service")
    found: type[ServiceBase] = getattr(module, f"{name.capitalize()}Service")
    missing = methods_of(found).keys() - _implemented(found)
    if missing:
        raise RuntimeError(f"{found.__name__} does not implement {', '.join(sorted(missing))}")
    return found


def _implemented(service_type: type[ServiceBase]) -> set[str]:
    return {
        name
        for base in service_type.__mro__
        if issubclass(base, ServiceBase)
        for name, value in vars(base).items()
        if callable(value) and not hasattr(value, "__contract__")
    }


def subscriptions_of(service_type: type[ServiceBase]) -> list[Subscription]:
    """What a service consumes, in the order of its code."""
    return [
        Subscription(service_type.service_name, name, function.__subscribes__)
        for base in reversed(service_type.__mro__)
        for name, function in vars(base).items()
        if hasattr(function, "__subscribes__")
    ]


def all_subscriptions() -> list[Subscription]:
    """What all services consume."""
    return [each for name in SERVICES for each in subscriptions_of(service_class(name))]


def retired_of(service: str = "") -> list[str]:
    """The queues that a service, or any of all, does not read any more."""
    return [queue for name in ([service] if service else SERVICES) for queue in service_class(name).RETIRED]
