"""Persons."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.contacts.basics import Gender
from contracts.contacts.persons import PersonState
from services.contacts.models.base import (
    ACTIVE,
    EMPTY_LIST,
    Base,
    ContactColumns,
    city_index,
    containment_index,
    further_addresses_index,
    trigram_index,
)
from services.contacts.models.names import words_of

FEW_TAGS = 12
"""So many, however long they are, fit into a row of an index beside any name."""


class Person(ContactColumns, Base):
    """A person. A linked one (state `linked`) redirects its id to `linked_to`, which is never itself linked."""

    __tablename__ = "persons"
    __table_args__ = (
        Index(
            "ix_persons_sort_key", "sort_key", "id", postgresql_where=ACTIVE,
            postgresql_include=["email_key", "birth_date", "phone", "postal_code"],
        ),
        Index("ix_persons_created_at", "created_at", "id", postgresql_where=ACTIVE),
        Index("ix_persons_email_key", "email_key", postgresql_where=text("email_key IS NOT NULL")),
        Index("ix_persons_phone", "phone", postgresql_where=text("phone IS NOT NULL")),
        Index("ix_persons_birth_date", "birth_date", postgresql_where=text("birth_date IS NOT NULL")),
        Index("ix_persons_linked_to", "linked_to", postgresql_where=text("linked_to IS NOT NULL")),
        Index(
            "uq_persons_customer_number", "customer_number", unique=True,
            postgresql_where=text("customer_number IS NOT NULL AND state = 'active'"),
        ),
        Index("ix_persons_photo_key", "photo_key", postgresql_where=text("photo_key IS NOT NULL")),
        city_index("persons"),
        trigram_index("persons", ACTIVE),
        further_addresses_index("persons"),
        Index("ix_persons_words", words_of(literal_column("search")), postgresql_using="gin"),
        containment_index("persons", "tags"),
        Index(
            "ix_persons_few_tags", "sort_key", "id", postgresql_include=["tags"],
            postgresql_where=text(f"state = 'active' AND tags <> '[]' AND jsonb_array_length(tags) <= {FEW_TAGS}"),
        ),
        Index(
            "ix_persons_many_tags", "sort_key", "id",
            postgresql_where=text(f"state = 'active' AND jsonb_array_length(tags) > {FEW_TAGS}"),
        ),
        containment_index("persons", "fields"),
        CheckConstraint("(state = 'linked') = (linked_to IS NOT NULL)", name="linked"),
        CheckConstraint("state = 'erased' OR given_name <> '' OR family_name <> ''", name="named"),
    )  # fmt: skip

    state: Mapped[PersonState]
    given_name: Mapped[str] = mapped_column(server_default="")
    family_name: Mapped[str] = mapped_column(server_default="")
    gender: Mapped[Gender | None]
    birth_date: Mapped[date | None]
    title: Mapped[str] = mapped_column(server_default="")
    photo_key: Mapped[str | None]
    linked_to: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    banned_channels: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)

    @property
    def shown_name(self) -> str:
        """The name by which others tell of the person."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_gone(self) -> bool:
        """Whether the person was erased."""
        return self.state is PersonState.ERASED
