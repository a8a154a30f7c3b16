"""Orders and their lines."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects, searching
from contracts.commerce.orders import OrderState
from services.commerce.models.base import Base


class Order(Base):
    """What one customer ordered at confirmed prices, and what it is for."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total"),
        Index("ix_orders_customer_id", "customer_id", "id"),
        redirects.index("orders", "customer_id"),
        Index("ix_orders_invoice_id", "invoice_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    merged_customer_id: Mapped[UUID | None]
    state: Mapped[OrderState]
    total: Mapped[Decimal]
    currency: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    quote_id: Mapped[UUID | None]
    invoice_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class OrderLine(Base):
    """A line of an order; sums include VAT."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index("ix_order_lines_product_id", "product_id"),
        searching.index("order_lines", "name", "coalesce(about, '{}')"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    name: Mapped[dict[str, Any]]
    category: Mapped[str]
    quantity: Mapped[int]
    unit_price: Mapped[Decimal]
    total: Mapped[Decimal]
    vat_code: Mapped[str]
    vat_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    about: Mapped[dict[str, Any] | None]
    """What exactly, in the languages of the suite."""
    list_price: Mapped[Decimal | None]
    price_kind: Mapped[str] = mapped_column(server_default="")


class EndedOrder(Base):
    """An order that was cancelled before we heard of it: its SeatHeld comes later and must not bill anything."""

    __tablename__ = "ended_orders"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
