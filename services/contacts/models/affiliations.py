"""Persons in organisations."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from services.contacts.models.base import EMPTY_OBJECT, Base


class Affiliation(Base):
    """A person in an organisation; `ends_on` is the last day.

    One that ends before it begins never began, as the organisation was deleted first.
    """

    __tablename__ = "affiliations"
    __table_args__ = (
        Index("ix_affiliations_person_id", "person_id", "id"),
        redirects.index("affiliations", "person_id"),
        Index("ix_affiliations_organisation_id", "organisation_id", "id"),
        redirects.index("affiliations", "organisation_id"),
        *(
            Index(
                f"ix_affiliations_{name}", name, postgresql_using="gin", postgresql_ops={name: "gin_trgm_ops"},
                postgresql_where=text(f"{name} IS NOT NULL"),
            )
            for name in ("email", "phone")
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    merged_person_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    merged_organisation_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    role: Mapped[str] = mapped_column(server_default="")
    decision_maker: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    version: Mapped[int] = mapped_column(Integer, server_default="1")
