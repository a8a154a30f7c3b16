"""Membership types, applications, agreements, memberships, periods, history."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID, ExcludeConstraint

from chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "membership_changes", "membership_periods", "memberships", "applications", "agreements", "discount_rules",
    "membership_types",
)  # fmt: skip


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def _text(name: str, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _choice(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=False)


def _json(name: str, *, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text(default) if default else None)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _count(name: str, *, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=default)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.Identity(always=True), nullable=False)


def _type_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["membership_type_id"], ["membership_types.id"], name=f"fk_{table}_membership_type_id"
    )


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    _create_types()
    _create_agreements()
    _create_applications()
    _create_memberships()
    _create_periods()
    op.create_table(
        "membership_changes",
        _id("id"),
        _id("membership_id"),
        _text("kind"),
        _day("happened_on"),
        _text("reason", default=""),
        _json("details", default="'{}'::jsonb"),
        _time("recorded_at"),
        _text("recorded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_membership_changes"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_membership_changes_membership_id"),
    )
    op.create_index("ix_membership_changes_membership_id", "membership_changes", ["membership_id", "id"])


def _create_types() -> None:
    op.create_table(
        "membership_types",
        _id("id"),
        _text("code"),
        _json("name"),
        _json("description"),
        _choice("level"),
        _choice("period"),
        _id("fee_product_id"),
        _id("joining_fee_product_id", nullable=True),
        _count("grace_days"),
        sa.Column("open_for_applications", sa.Boolean, nullable=False),
        _number("position"),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_membership_types"),
        sa.UniqueConstraint("code", name="uq_membership_types_code"),
        sa.CheckConstraint("grace_days BETWEEN 0 AND 365", name=op.f("ck_membership_types_grace_days")),
    )
    op.create_table(
        "discount_rules",
        _id("membership_type_id"),
        _text("category"),
        _count("percent"),
        sa.PrimaryKeyConstraint("membership_type_id", "category", name="pk_discount_rules"),
        _type_key("discount_rules"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_discount_rules_percent")),
    )


def _create_agreements() -> None:
    op.create_table(
        "agreements",
        _id("id"),
        _id("person_id"),
        _id("payer_id"),
        _id("membership_type_id"),
        _id("application_id", nullable=True),
        _day("opened_on"),
        _text("opened_by"),
        _day("ended_on", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        sa.UniqueConstraint("application_id", name="uq_agreements_application_id"),
        _type_key("agreements"),
        sa.CheckConstraint("ended_on >= opened_on", name=op.f("ck_agreements_ends_after_opening")),
    )
    op.create_index("ix_agreements_person_id", "agreements", ["person_id"])
    op.create_index("ix_agreements_membership_type_id", "agreements", ["membership_type_id"])


def _create_applications() -> None:
    op.create_table(
        "applications",
        _id("id"),
        _number("number"),
        _id("membership_type_id"),
        _id("proposed_id"),
        _id("person_id"),
        _time("accepted_at", nullable=True),
        _choice("state"),
        _json("answers"),
        _text("message", default=""),
        _time("submitted_at"),
        _time("decided_at", nullable=True),
        _text("decided_by", default=""),
        _text("reason", default=""),
        _id("agreement_id", nullable=True),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("number", name="uq_applications_number"),
        sa.UniqueConstraint("proposed_id", name="uq_applications_proposed_id"),
        _type_key("applications"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="fk_applications_agreement_id"),
        sa.CheckConstraint("state <> 'rejected' OR reason <> ''", name=op.f("ck_applications_rejected_with_reason")),
        sa.CheckConstraint(
            "(state IN ('submitted', 'withdrawn')) = (decided_at IS NULL)", name=op.f("ck_applications_decided")
        ),
    )
    op.create_index("ix_applications_state", "applications", ["state", "number"])
    op.create_index("ix_applications_person_id", "applications", ["person_id"])
    op.create_index("ix_applications_membership_type_id", "applications", ["membership_type_id"])
    op.create_index("ix_applications_agreement_id", "applications", ["agreement_id"])


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        _id("id"),
        _id("agreement_id"),
        _number("number"),
        _id("membership_type_id"),
        _id("person_id"),
        _id("payer_id"),
        _day("joined_on"),
        _day("ended_on", nullable=True),
        _time("activated_at", nullable=True),
        _count("version", default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.UniqueConstraint("number", name="uq_memberships_number"),
        _type_key("memberships"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="fk_memberships_agreement_id"),
        sa.CheckConstraint("ended_on >= joined_on", name=op.f("ck_memberships_ends_after_joining")),
        ExcludeConstraint(
            (sa.literal_column("person_id"), "="),
            (sa.literal_column("membership_type_id"), "="),
            (sa.literal_column("daterange(joined_on, ended_on)"), "&&"),
            name="ex_memberships_one_of_a_type",
        ),
    )
    op.create_index("ix_memberships_agreement_id", "memberships", ["agreement_id"])
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])
    op.create_index("ix_memberships_membership_type_id_number", "memberships", ["membership_type_id", "number"])


def _create_periods() -> None:
    op.create_table(
        "membership_periods",
        _id("id"),
        _id("membership_id"),
        _day("starts_on"),
        _day("ends_on", nullable=True),
        _id("invoice_id", nullable=True),
        _day("paid_on", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_membership_periods"),
        sa.UniqueConstraint("membership_id", "starts_on", name="uq_membership_periods_membership_id_starts_on"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_membership_periods_membership_id"),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_membership_periods_ends_after_start")),
        ExcludeConstraint(
            (sa.literal_column("membership_id"), "="),
            (sa.literal_column("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_membership_periods_no_overlap",
        ),
    )
    op.create_index("uq_membership_periods_invoice_id", "membership_periods", ["invoice_id"], unique=True)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
