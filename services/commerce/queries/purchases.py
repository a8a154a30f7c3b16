"""Purchases of a customer: lines of orders and delivered products in one history, newest first (E5)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Text, cast, func, literal, null, select, true, tuple_, union_all

from chassis.paging import decode_cursor, page
from chassis.settings import settings
from contracts.base import Page, Translated
from contracts.commerce.deliveries import ListPurchases, Purchase, PurchaseSource
from contracts.commerce.orders import OrderState
from contracts.errors import Invalid
from services.commerce import models
from services.commerce.queries.scope import Scope

ORDER, LINE = models.Order.__table__, models.OrderLine.__table__
PRODUCT, DELIVERY = models.Product.__table__, models.Delivery.__table__
NOTHING = literal("", Text)


def list_purchases(reader: Connection, request: ListPurchases, scope: Scope) -> Page[Purchase]:
    """What the customer has bought, newest first."""
    parts = {PurchaseSource.ORDER: _ordered, PurchaseSource.ACCOUNTING: _delivered}
    chosen = [part(request.customer_id, scope) for source, part in parts.items() if request.source in {None, source}]
    found = union_all(*chosen).subquery().c
    query = select(*found).order_by(found.bought_on.desc(), found.id.desc()).limit(request.limit + 1)
    after = _after(request.cursor)
    rows = reader.execute(query.where(tuple_(found.bought_on, found.id) < tuple_(*after) if after else true())).all()
    return page([_purchase(row) for row in rows], request.limit, lambda each: [each.bought_on.isoformat(), each.id])


def _after(cursor: str | None) -> tuple[date, UUID] | None:
    values = decode_cursor(cursor, 2)
    if values is None:
        return None
    try:
        return date.fromisoformat(str(values[0])), UUID(str(values[1]))
    except ValueError:
        raise Invalid.field("/cursor", "bad_cursor", "This cursor is not one of ours; start again.") from None


def _ordered(customer_id: UUID, scope: Scope) -> Any:
    local = func.timezone(settings().talkoo_time_zone, ORDER.c.created_at)
    return (
        select(
            LINE.c.id,
            ORDER.c.customer_id,
            literal(PurchaseSource.ORDER.value, Text).label("source"),
            cast(local, Date).label("bought_on"),
            PRODUCT.c.code.label("product_code"),
            LINE.c.name.label("translated"),
            NOTHING.label("product_name"),
            cast(LINE.c.quantity, DELIVERY.c.quantity.type).label("quantity"),
            NOTHING.label("unit"),
            LINE.c.total.label("gross"),
            null().cast(LINE.c.total.type).label("net"),
            ORDER.c.currency,
            NOTHING.label("document"),
            ORDER.c.id.label("order_id"),
        )
        .join(ORDER, ORDER.c.id == LINE.c.order_id)
        .join(PRODUCT, PRODUCT.c.id == LINE.c.product_id)
        .where(ORDER.c.customer_id == func.known_as(customer_id), *scope.limits(ORDER))
        .where(ORDER.c.state.in_([OrderState.BILLED, OrderState.PAID]))
    )


def _delivered(customer_id: UUID, scope: Scope) -> Any:
    columns = DELIVERY.c
    return select(
        columns.id,
        columns.customer_id,
        literal(PurchaseSource.ACCOUNTING.value, Text).label("source"),
        columns.delivered_on.label("bought_on"),
        columns.product_code,
        null().cast(LINE.c.name.type).label("translated"),
        columns.product_name,
        columns.quantity,
        columns.unit,
        columns.gross,
        columns.net,
        columns.currency,
        columns.document_number.label("document"),
        null().cast(ORDER.c.id.type).label("order_id"),
    ).where(columns.stands, columns.customer_id == func.known_as(customer_id), *scope.limits(DELIVERY))


def _purchase(row: Any) -> Purchase:
    names = ("id", "customer_id", "source", "bought_on", "product_code", "quantity", "unit", "currency", "document")
    known = {name: getattr(row, name) for name in (*names, "order_id")}
    name = Translated.model_validate(row.translated) if row.translated else Translated(fi=row.product_name or "-")
    sum_with_vat = row.net if row.gross is None else row.gross
    return Purchase(**known, name=name, gross=sum_with_vat, vat_included=row.gross is not None)
