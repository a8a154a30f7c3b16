"""Delivered products as accounting tells of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Index, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from services.commerce.models.base import Base

STANDING = text("stands")


class Delivery(Base):
    """What one batch says of a line of accounting's documents; of all that is said of a line one thing stands.

    Nothing is overwritten: a correction or a repeat is a row of its own, so that a batch can be withdrawn.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_standing", "source", "document_number", "document_line", unique=True,
              postgresql_where=STANDING),
        Index("ix_deliveries_line", "source", "document_number", "document_line"),
        Index("ix_deliveries_bought", "customer_id", "delivered_on", "id", postgresql_where=STANDING),
        redirects.index("deliveries", "customer_id"),
        UniqueConstraint("batch_id", "file_row"),
        CheckConstraint("net IS NOT NULL OR gross IS NOT NULL", name="sum"),
        CheckConstraint("NOT stands OR withdrawn_at IS NULL", name="withdrawn"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    merged_customer_id: Mapped[UUID | None]
    source: Mapped[str]
    document_number: Mapped[str]
    document_line: Mapped[str]
    product_code: Mapped[str]
    product_name: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit: Mapped[str]
    net: Mapped[Decimal | None]
    gross: Mapped[Decimal | None]
    currency: Mapped[str]
    delivered_on: Mapped[date]
    period: Mapped[str]
    batch_id: Mapped[UUID]
    file_row: Mapped[int] = mapped_column(Integer)
    observed_at: Mapped[datetime]
    dated: Mapped[bool] = mapped_column(Boolean)
    """Whether the batch itself told when it was true."""
    stands: Mapped[bool] = mapped_column(Boolean)
    changed: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    """What it corrected; nothing when it repeated or did not stand, None when it was all that was said of its line."""
    corrected: Mapped[bool] = mapped_column(Boolean)
    """Whether something later stood when it came."""
    withdrawn_at: Mapped[datetime | None]


CONTENT: tuple[str, ...] = (
    "customer_id", "product_code", "product_name", "quantity", "unit", "net", "gross", "currency", "delivered_on",
    "period",
)  # fmt: skip
"""What a batch says of a line."""


def content_of(said: Any) -> tuple[Any, ...]:
    """The content of a row, or of a line of a request, as it is compared."""
    return tuple(getattr(said, name) for name in CONTENT)
