"""The plain stack's tables: persons with a trigram index, orders with lines, what was heard."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Numeric, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the plain stack's mapped classes."""


class Person(Base):
    """The same persons as in the register."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("ix_persons_sort_key", "sort_key"),
        Index("ix_persons_email", "email"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    birth_date: Mapped[date | None]
    addresses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    tags: Mapped[list[str]] = mapped_column(JSONB)
    city: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    search: Mapped[str]


class Order(Base):
    """An order."""

    __tablename__ = "orders"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    lines: Mapped[list["OrderLine"]] = relationship()


class OrderLine(Base):
    """A line of an order."""

    __tablename__ = "order_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    text: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
