"""Products (E1)."""

from uuid import UUID

from sqlalchemy import Connection, select

from chassis.paging import decode_cursor, page
from contracts.base import Page
from contracts.commerce.products import ListProducts, Product
from contracts.errors import NotFound
from services.commerce import answers, models

TABLE = models.Product.__table__


def get_product(reader: Connection, product_id: UUID) -> Product:
    """One product; raises NotFound."""
    row = reader.execute(select(TABLE).where(TABLE.c.id == product_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no product {product_id}.", id=product_id)
    return answers.product(row)


def list_products(reader: Connection, request: ListProducts, *, for_sale_only: bool) -> Page[Product]:
    """Products by code."""
    after = decode_cursor(request.cursor)
    query = select(TABLE).order_by(TABLE.c.code).limit(request.limit + 1)
    if request.category:
        query = query.where(TABLE.c.category == request.category)
    if for_sale_only:
        query = query.where(TABLE.c.for_sale)
    if after:
        query = query.where(TABLE.c.code > str(after[0]))
    rows = [answers.product(row) for row in reader.execute(query)]
    return page(rows, request.limit, lambda each: [each.code])
