"""What commerce tells of purchases, for the read models of other services."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.telling import Told
from contracts.commerce.orders import PurchaseFact, PurchasesChanged
from services.commerce.models import Order, OrderLine, Product

FACTS = (
    select(
        OrderLine.id,
        OrderLine.order_id,
        func.coalesce(Order.merged_customer_id, Order.customer_id).label("customer_id"),
        Product.code.label("product_code"),
        OrderLine.category,
        OrderLine.quantity,
        OrderLine.total.label("amount"),
        Order.created_at.label("ordered_at"),
        Order.state,
    )
    .join(Order, Order.id == OrderLine.order_id)
    .join(Product, Product.id == OrderLine.product_id)
    .order_by(OrderLine.id)
)


def purchases_changed(session: Session, ids: Sequence[UUID], number: int) -> PurchasesChanged:
    """How the lines of the orders are now."""
    rows = session.execute(FACTS.where(OrderLine.order_id.in_(ids)))
    return PurchasesChanged(number=number, purchases=[PurchaseFact.model_validate(row._asdict()) for row in rows])


TOLD = (Told("order", Order, purchases_changed),)
