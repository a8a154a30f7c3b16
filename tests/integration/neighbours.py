"""Answers of contacts and commerce for tests of one service alone, at the border where calls leave the process.

Keeps only what membership and courses ask: persons who exist, products with prices. The whole story with the real
services runs in tests/e2e.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.amqp_client import Request
from chassis.execution import wire_error
from chassis.ids import new_id
from contracts.base import Translated
from contracts.commerce.prices import Quote, QuoteLine
from contracts.commerce.products import Product
from contracts.commerce.seller import Seller
from contracts.contacts.persons import Person, PersonState
from contracts.contacts.proposals import PersonRef
from contracts.contacts.recipients import Recipient, Recipients
from contracts.errors import NotFound, ServiceError, Unavailable


@dataclass
class Neighbours:
    """Install `call` as `AmqpRpcClient.call`; other services' calls go to `others`."""

    others: Callable[..., dict[str, Any]]
    states: dict[UUID, PersonState] = field(default_factory=dict)
    prices: dict[UUID, Decimal] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    def call(self, request: Request) -> dict[str, Any]:
        answer = getattr(self, f"_{request.method}", None)
        if request.service not in {"contacts", "commerce"} or answer is None:
            return self.others(None, request)
        self.asked.append((request.method, request.payload))
        try:
            if request.service in self.away:
                raise Unavailable(f"{request.service} does not answer.", service=request.service)
            return {"result": answer(request.payload).model_dump(mode="json"), "error": None}
        except ServiceError as error:
            return {"result": None, "error": wire_error(error)}

    def person(self, state: PersonState = PersonState.ACTIVE) -> UUID:
        person_id = new_id()
        self.states[person_id] = state
        return person_id

    def product(self, price: str) -> UUID:
        product_id = new_id()
        self.prices[product_id] = Decimal(price)
        return product_id

    def times_asked(self, method: str) -> int:
        return sum(1 for name, _ in self.asked if name == method)

    def _propose_person(self, payload: dict[str, Any]) -> PersonRef:
        self.states.setdefault(UUID(payload["id"]), PersonState.PROPOSED)
        return PersonRef(id=UUID(payload["id"]))

    def _get_person(self, payload: dict[str, Any]) -> Person:
        person_id = UUID(payload["id"])
        if person_id not in self.states:
            raise NotFound(f"There is no person {person_id}.")
        now = datetime.now(UTC)
        state = self.states[person_id]
        return Person(id=person_id, state=state, given_name="Aino", version=1, created_at=now, updated_at=now)

    def _get_recipients(self, payload: dict[str, Any]) -> Recipients:
        ids = [UUID(each) for each in payload["ids"]]
        names = {
            each: "" if self.states[each] is PersonState.ERASED else "Aino Aalto" for each in ids if each in self.states
        }
        return Recipients(data=[Recipient(id=each, name=name) for each, name in names.items()])

    def _get_product(self, payload: dict[str, Any]) -> Product:
        product_id = UUID(payload["id"])
        if product_id not in self.prices:
            raise NotFound(f"There is no product {product_id}.")
        name = Translated(fi="Tuote")
        return Product(id=product_id, code="p", name=name, category="courses", price=self.prices[product_id])

    def _make_quote(self, payload: dict[str, Any]) -> Quote:
        lines = [self._quote_line(UUID(line["product_id"])) for line in payload["lines"]]
        total = sum((line.total for line in lines), Decimal("0.00"))
        expires_at = datetime.now(UTC) + timedelta(hours=1)
        customer_id = payload["customer_id"]
        return Quote(id=new_id(), customer_id=customer_id, lines=lines, total=total, expires_at=expires_at)

    def _quote_line(self, product_id: UUID) -> QuoteLine:
        price = self.prices[product_id]
        return QuoteLine(
            product_id=product_id, name=Translated(fi="Tuote"), quantity=1, list_price=price, unit_price=price,
            total=price, vat_code="standard", vat_percent=Decimal("25.5"),
        )  # fmt: skip

    def _get_seller(self, _payload: dict[str, Any]) -> Seller:
        return Seller(name="Talkoo ry", iban="FI2112345600000785", version=1)
