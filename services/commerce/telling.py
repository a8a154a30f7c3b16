"""What commerce tells of purchases, for the read models of other services."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from chassis.telling import Told
from contracts.commerce.deliveries import DeliveriesChanged, DeliveryFact
from contracts.commerce.orders import PurchaseFact, PurchasesChanged
from services.commerce.models import Delivery, Order, OrderLine, Product

EUROS = "EUR"
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


DELIVERIES = select(
    Delivery.id,
    func.coalesce(Delivery.merged_customer_id, Delivery.customer_id).label("customer_id"),
    Delivery.product_code,
    Delivery.product_name,
    Delivery.quantity,
    case((Delivery.currency == EUROS, func.coalesce(Delivery.gross, Delivery.net))).label("amount"),
    Delivery.delivered_on,
    Delivery.stands,
).order_by(Delivery.id)


def deliveries_changed(session: Session, ids: Sequence[UUID], number: int) -> DeliveriesChanged:
    """How the deliveries are now."""
    rows = session.execute(DELIVERIES.where(Delivery.id.in_(ids)))
    return DeliveriesChanged(number=number, deliveries=[DeliveryFact.model_validate(row._asdict()) for row in rows])


TOLD = (Told("order", Order, purchases_changed), Told("delivery", Delivery, deliveries_changed))
