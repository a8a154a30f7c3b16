"""Additional fields."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.fields import FieldType
from services.contacts.models.base import EMPTY_LIST, Base


class Field(Base):
    """The definition of an additional field (C7)."""

    __tablename__ = "fields"

    applies_to: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, Any]]
    type: Mapped[FieldType]
    choices: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    retired: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
