"""The plain stack's service, on stock Nameko: `nameko run ops.bench.floors.service --broker ...`."""

import os
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from nameko.events import event_handler
from nameko.rpc import rpc
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from ops.bench.floors.tables import Order, OrderLine, Person

SEARCH = text(
    """WITH hits AS MATERIALIZED (
           SELECT id, given_name, family_name, email, phone, city, tags, sort_key
           FROM persons WHERE :q <% search)
       SELECT id, given_name, family_name, email, phone, city, tags FROM hits ORDER BY sort_key LIMIT 50"""
)


@cache
def engine() -> Engine:
    """Connections to the plain stack's database."""
    return create_engine(os.environ["FLOORS_DATABASE_URL"], pool_size=10)


class PlainService:
    """Methods that do as little as their name says."""

    name = "plain"

    @rpc  # type: ignore[untyped-decorator]
    def nothing(self) -> dict[str, Any]:
        return {"id": "1", "given_name": "Aino", "family_name": "Virtanen", "email": "aino@example.org"}

    @rpc  # type: ignore[untyped-decorator]
    def read(self, person_id: str) -> dict[str, Any] | None:
        with Session(engine()) as session:
            person = session.get(Person, UUID(person_id))
            return _as_data(person) if person else None

    @rpc  # type: ignore[untyped-decorator]
    def write(self, person_id: str) -> dict[str, Any]:
        with Session(engine()) as session:
            order = Order(id=uuid4(), person_id=UUID(person_id))
            order.lines = [OrderLine(id=uuid4(), text="Course day", price="120.00")]
            session.add(order)
            session.commit()
            return {"id": str(order.id)}

    @rpc  # type: ignore[untyped-decorator]
    def search(self, q: str) -> list[dict[str, Any]]:
        with Session(engine()) as session:
            session.execute(text("SET LOCAL pg_trgm.word_similarity_threshold = 0.39"))
            rows = session.execute(SEARCH, {"q": q})
            return [dict(row._mapping) | {"id": str(row.id)} for row in rows]

    @event_handler("plain", "happened")  # type: ignore[untyped-decorator]
    def hear(self, payload: Any) -> None:
        """Takes an event and does nothing."""


def _as_data(person: Person) -> dict[str, Any]:
    return {
        "id": str(person.id),
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "phone": person.phone,
        "language": person.language,
        "birth_date": person.birth_date.isoformat() if person.birth_date else None,
        "addresses": person.addresses,
        "tags": person.tags,
        "city": person.city,
    }
