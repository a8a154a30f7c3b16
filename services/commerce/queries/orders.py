"""Orders (E1, E5)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from chassis.paging import cursor_id, page
from contracts.base import Page
from contracts.commerce.orders import ListOrders, Order
from contracts.errors import NotFound
from services.commerce import answers, models
from services.commerce.queries.scope import Scope

TABLE, LINES = models.Order.__table__, models.OrderLine.__table__


def get_order(reader: Connection, order_id: UUID, scope: Scope) -> Order:
    """One order; raises NotFound, also for another's."""
    limits = scope.limits(TABLE, "id", "subject_id")
    row = reader.execute(select(TABLE).where(TABLE.c.id == order_id, *limits)).one_or_none()
    if row is None:
        raise NotFound(f"There is no order {order_id}.", id=order_id)
    return answers.order(row, _lines(reader, [row])[row.id])


def list_orders(reader: Connection, request: ListOrders, scope: Scope) -> Page[Order]:
    """Orders, newest first."""
    query = select(TABLE).where(*scope.limits(TABLE, "id", "subject_id")).order_by(TABLE.c.id.desc())
    if request.customer_id:
        query = query.where(TABLE.c.customer_id == func.known_as(request.customer_id))
    if request.state:
        query = query.where(TABLE.c.state == request.state)
    if after := cursor_id(request.cursor):
        query = query.where(TABLE.c.id < after)
    rows = reader.execute(query.limit(request.limit + 1)).all()
    lines = _lines(reader, rows)
    return page([answers.order(row, lines[row.id]) for row in rows], request.limit, lambda each: [each.id])


def _lines(reader: Connection, orders: Sequence[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    if orders:
        ids = [order.id for order in orders]
        for row in reader.execute(select(LINES).where(LINES.c.order_id.in_(ids)).order_by(LINES.c.position)):
            found[row.order_id].append(row)
    return found
