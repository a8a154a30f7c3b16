"""What is sold, at which prices, by whom."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects, searching
from services.commerce.models.base import Base


class Product(Base):
    """A product; `price` includes VAT."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price"),
        Index("ix_products_category", "category", "code"),
        searching.index("products", "name", "code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    category: Mapped[str]
    price: Mapped[Decimal]
    currency: Mapped[str]
    vat_code: Mapped[str]
    for_sale: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)


class PriceAgreement(Base):
    """A customer's price for a product, or percent off a product or category, between two dates (E2)."""

    __tablename__ = "price_agreements"
    __table_args__ = (
        CheckConstraint("(product_id IS NULL) <> (category IS NULL)", name="one_scope"),
        CheckConstraint("(price IS NULL) <> (percent IS NULL)", name="one_effect"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        Index("ix_price_agreements_customer_id", "customer_id"),
        redirects.index("price_agreements", "customer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    merged_customer_id: Mapped[UUID | None]
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"), index=True)
    category: Mapped[str | None]
    price: Mapped[Decimal | None]
    percent: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Quote(Base):
    """Confirmed prices; `lines` are QuoteLine values of the contract."""

    __tablename__ = "quotes"
    __table_args__ = (Index("ix_quotes_expires_at", "expires_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID | None]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    total: Mapped[Decimal]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Seller(Base):
    """The association's own details: one row, once the office has entered them."""

    __tablename__ = "seller"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    details: Mapped[dict[str, Any]]
    version: Mapped[int]
