"""Additional fields."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.fields import ContactKind, FieldType
from services.contacts.models.base import EMPTY_LIST, Base


class Field(Base):
    """The definition of an additional field or classification (C6, C7).

    `choices` are objects with `code`, `label` and `retired`. `version` is the highest of all fields when it changed.
    """

    __tablename__ = "fields"

    applies_to: Mapped[ContactKind] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, Any]]
    type: Mapped[FieldType]
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=EMPTY_LIST)
    classification: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    retired: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    position: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)
