"""Where values come from, and which source is master of which field."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Integer, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.masters import DecidedBy, ValueSource
from services.contacts.models.base import EMPTY_OBJECT, Base


class FieldOrigin(Base):
    """Where the value of one field of a contact comes from (C12); field `*` stands for all that have no row."""

    __tablename__ = "value_sources"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[ValueSource]
    observed_at: Mapped[datetime]
    rule: Mapped[DecidedBy]
    parts: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    """Source and time of the parts of an address that come from elsewhere than the rest of it."""


class MasterSettings(Base):
    """The masters by field, and whether accounting is linked: one row."""

    __tablename__ = "master_settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, server_default=text("1"))
    persons: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    organisations: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    accounting_link: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
