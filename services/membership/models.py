"""Tables of membership. What depends on today (a membership's state) is not among their columns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import redirects, searching
from chassis.tables import COLUMN_TYPES, new_metadata
from contracts import membership as contract
from contracts.membership import ApplicationState, MemberLevel, PeriodRule
from services.membership.rules.terms import Term


class Base(DeclarativeBase):
    """Base of membership's mapped classes."""

    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES


class MembershipType(Base):
    """A kind of membership (M1)."""

    __tablename__ = "membership_types"
    __table_args__ = (CheckConstraint("grace_days BETWEEN 0 AND 365", name="grace_days"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]
    description: Mapped[dict[str, Any]]
    level: Mapped[MemberLevel]
    period: Mapped[PeriodRule]
    fee_product_id: Mapped[UUID]
    joining_fee_product_id: Mapped[UUID | None]
    grace_days: Mapped[int] = mapped_column(Integer)
    open_for_applications: Mapped[bool] = mapped_column(Boolean)
    position: Mapped[int] = mapped_column(Integer, Identity(always=True))
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    @property
    def product_ids(self) -> list[UUID]:
        """What a new member pays: the fee, and the joining fee if there is one."""
        return [self.fee_product_id, *([self.joining_fee_product_id] if self.joining_fee_product_id else [])]


class DiscountRule(Base):
    """Percent off products of a category for members of a type (M3)."""

    __tablename__ = "discount_rules"
    __table_args__ = (CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),)

    membership_type_id: Mapped[UUID] = mapped_column(ForeignKey("membership_types.id"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(Integer)


class Application(Base):
    """An application (M7). `proposed_id` is the person as proposed, `person_id` as whom contacts knows them now."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_state", "state", "number"),
        Index("ix_applications_person_id", "person_id"),
        searching.index("applications", "number::text"),
        redirects.index("applications", "person_id"),
        CheckConstraint("state <> 'rejected' OR reason <> ''", name="rejected_with_reason"),
        CheckConstraint("(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)", name="decided"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    membership_type_id: Mapped[UUID] = mapped_column(ForeignKey("membership_types.id"), index=True)
    proposed_id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    accepted_at: Mapped[datetime | None]
    """When contacts took the person into the register."""
    state: Mapped[ApplicationState]
    answers: Mapped[dict[str, Any]]
    message: Mapped[str] = mapped_column(server_default="")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreements.id"), index=True)
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    def as_contract(self) -> contract.Application:
        """As other services and the gateway see it."""
        return contract.Application.model_validate(self, from_attributes=True)


class Agreement(Base):
    """A membership agreement: parties and type as agreed when it was opened (M6)."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint("ended_on >= opened_on", name="ends_after_opening"),
        redirects.index("agreements", "person_id"),
        redirects.index("agreements", "payer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    merged_person_id: Mapped[UUID | None]
    payer_id: Mapped[UUID] = mapped_column(index=True)
    merged_payer_id: Mapped[UUID | None]
    membership_type_id: Mapped[UUID] = mapped_column(ForeignKey("membership_types.id"), index=True)
    application_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The application it came from. No foreign key: the application points here already."""
    opened_on: Mapped[date]
    opened_by: Mapped[str]
    ended_on: Mapped[date | None]


class Membership(Base):
    """A membership. `ended_on` is the first day without it. Nobody holds two of the same type at a time (M2).

    Two may come together when two persons are merged; a third does not, and one of the two is for the office to end.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("ended_on >= joined_on", name="ends_after_joining"),
        Index("ix_memberships_person_id", "person_id"),
        searching.index("memberships", "number::text"),
        Index("ix_memberships_payer_id", "payer_id"),
        redirects.index("memberships", "person_id"),
        redirects.index("memberships", "payer_id"),
        Index("ix_memberships_membership_type_id_number", "membership_type_id", "number"),
        ExcludeConstraint(
            (literal_column("person_id"), "="),
            (literal_column("membership_type_id"), "="),
            (literal_column("daterange(joined_on, ended_on)"), "&&"),
            name="ex_memberships_one_of_a_type",
            where=text("merged_person_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"), index=True)
    number: Mapped[int] = mapped_column(Integer, Identity(always=True), unique=True)
    membership_type_id: Mapped[UUID] = mapped_column(ForeignKey("membership_types.id"))
    person_id: Mapped[UUID]
    merged_person_id: Mapped[UUID | None]
    payer_id: Mapped[UUID]
    """Who gets the invoices; may differ from the member (M5)."""
    merged_payer_id: Mapped[UUID | None]
    joined_on: Mapped[date]
    ended_on: Mapped[date | None]
    activated_at: Mapped[datetime | None]
    """When the first fee was paid."""
    version: Mapped[int] = mapped_column(Integer, server_default="1")


class MembershipPeriod(Base):
    """A billed term of a membership; the same day is never billed twice (M9)."""

    __tablename__ = "membership_periods"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        UniqueConstraint("membership_id", "starts_on"),
        Index("uq_membership_periods_invoice_id", "invoice_id", unique=True),
        ExcludeConstraint(
            (literal_column("membership_id"), "="),
            (literal_column("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_membership_periods_no_overlap",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    invoice_id: Mapped[UUID | None]
    paid_on: Mapped[date | None]

    @property
    def term(self) -> Term:
        """The days that are paid for."""
        return Term(self.starts_on, self.ends_on)


class MembershipChange(Base):
    """A line in a membership's history: joined, activated, renewed, resigned, lapsed ... (M4)."""

    __tablename__ = "membership_changes"
    __table_args__ = (Index("ix_membership_changes_membership_id", "membership_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("memberships.id"))
    kind: Mapped[str]
    happened_on: Mapped[date]
    reason: Mapped[str] = mapped_column(server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
