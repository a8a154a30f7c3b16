"""What the tables share. Columns whose names end in `_key`, and `search`, are made by services.contacts.rules.names."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Text,
    and_,
    func,
    literal,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from chassis.tables import COLUMN_TYPES, new_metadata
from contracts.base import Language
from contracts.contacts.basics import CustomerStatus, DeliveryMethod, PaymentMethod

EMPTY_LIST = text("'[]'::jsonb")
EMPTY_OBJECT = text("'{}'::jsonb")
ACTIVE = text("state = 'active'")
NOT_DELETED = text("deleted_at IS NULL")


class Base(DeclarativeBase):
    """Base of the service's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


def of_kind(column: str, kind: str) -> Any:
    """What `column` holds in rows of this `kind` of contact, so that the database knows it names one."""
    is_one = Computed(f"CASE WHEN kind = '{kind}' THEN {column} END", persisted=True)
    return mapped_column(ForeignKey(f"{kind}s.id"), is_one, index=True)


def key_column() -> Any:
    """Text compared byte by byte, so that order and prefixes are the same on every PostgreSQL."""
    return mapped_column(Text(collation="C"))


def trigram_index(table: str, where: Any) -> Index:
    """The index behind typo-tolerant search."""
    return Index(
        f"ix_{table}_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"},
        postgresql_where=where,
    )  # fmt: skip


def containment_index(table: str, column: str) -> Index:
    """The index behind `column @> value` of a JSONB column."""
    return Index(
        f"ix_{table}_{column}", column, postgresql_using="gin", postgresql_ops={column: "jsonb_path_ops"}
    )  # fmt: skip


def city_index(table: str) -> Index:
    """The index behind segments of cities; of all rows, as the planner knows nothing of expressions in others."""
    return Index(f"ix_{table}_city", func.lower(literal_column("city")))


def further_addresses_index(table: str) -> Index:
    """The index behind the search for a further e-mail address; few contacts have any."""
    return Index(
        f"ix_{table}_other_emails", "other_emails", postgresql_using="gin",
        postgresql_ops={"other_emails": "jsonb_path_ops"}, postgresql_where=text("other_emails <> '[]'::jsonb"),
    )  # fmt: skip


def has_other_email(table: Any, address: str) -> ColumnElement[bool]:
    """Whether this is one of the further addresses; the first condition makes the planner see the index."""
    none, wanted = text("'[]'::jsonb"), literal([{"address": address}], JSONB)
    return and_(table.other_emails != none, table.other_emails.op("@>", is_comparison=True)(wanted))


class ContactColumns:
    """What persons and organisations have in common."""

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    phone: Mapped[str | None] = key_column()
    language: Mapped[Language] = mapped_column(default=Language.FI)
    fax: Mapped[str | None]
    other_emails: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    other_phones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    customer_number: Mapped[str | None] = key_column()
    customer_status: Mapped[CustomerStatus | None]
    payment_method: Mapped[PaymentMethod | None]
    payment_days: Mapped[int | None] = mapped_column(Integer)
    delivery_method: Mapped[DeliveryMethod | None]
    credit_limit: Mapped[Decimal | None]
    """Euros."""
    addresses: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    city: Mapped[str] = mapped_column(server_default="")
    postal_code: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @declared_attr
    def email_key(cls) -> Mapped[str | None]:  # noqa: N805
        """The e-mail address in lower case."""
        return mapped_column(Text(collation="C"))

    @declared_attr
    def sort_key(cls) -> Mapped[str]:  # noqa: N805
        """The name in Finnish alphabetical order."""
        return mapped_column(Text(collation="C"))

    @declared_attr
    def search(cls) -> Mapped[str]:  # noqa: N805
        """Folded words of the name and the digits of the phone number."""
        return mapped_column(Text())
