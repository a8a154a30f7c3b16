"""Organisations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import redirects
from services.contacts.models.base import (
    NOT_DELETED,
    Base,
    ContactColumns,
    city_index,
    containment_index,
    further_addresses_index,
    key_column,
    trigram_index,
)

MERGED = text("linked_to IS NOT NULL")
NUMBERS = ("customer_number", "business_id")


class Organisation(ContactColumns, Base):
    """A company or association, or a site of one. A deleted one is kept for the history of its persons.

    A merged one is out of the register as a deleted one is, and redirects its id to `linked_to`, which is never itself
    merged.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        Index("ix_organisations_sort_key", "sort_key", "id", postgresql_where=NOT_DELETED),
        Index("ix_organisations_email_key", "email_key", postgresql_where=text("email_key IS NOT NULL")),
        Index("ix_organisations_parent_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(
            "uq_organisations_business_id", "business_id", unique=True,
            postgresql_where=text("business_id IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "uq_organisations_customer_number", "customer_number", unique=True,
            postgresql_where=text("customer_number IS NOT NULL AND deleted_at IS NULL"),
        ),
        city_index("organisations"),
        Index("ix_organisations_linked_to", "linked_to", postgresql_where=MERGED),
        *(Index(f"ix_organisations_merged_{name}", name, postgresql_where=MERGED) for name in NUMBERS),
        redirects.index("organisations", "parent_id"),
        trigram_index("organisations", NOT_DELETED),
        further_addresses_index("organisations"),
        containment_index("organisations", "tags"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        CheckConstraint("linked_to IS NULL OR deleted_at IS NOT NULL", name="linked"),
    )  # fmt: skip

    name: Mapped[str]
    business_id: Mapped[str | None] = key_column()
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    merged_parent_id: Mapped[UUID | None]
    linked_to: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    deleted_at: Mapped[datetime | None]

    @property
    def shown_name(self) -> str:
        """The name by which others tell of it."""
        return self.name

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted, not merged."""
        return self.deleted_at is not None and self.linked_to is None
