"""Messages, mailings, label sheets, suppressions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('created', 'sending', 'temporary-failure')")


def _id(name: str, *args: object, nullable: bool = True, primary_key: bool = False) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), *args, nullable=nullable and not primary_key, primary_key=primary_key)  # type: ignore[arg-type]


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _choice(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(40), nullable=False)


def _text(name: str, *, default: str | None = None, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Text, nullable=nullable, server_default=default)


def upgrade() -> None:
    create_chassis_tables(op.get_bind())
    op.create_table(
        "mailings",
        _id("id", primary_key=True),
        _text("name"),
        _id("segment_id", nullable=False),
        _text("subject"),
        _text("body"),
        sa.Column("marketing", sa.Boolean, nullable=False),
        _choice("state"),
        _text("job_id", nullable=True),
        _time("created_at"),
        _text("created_by"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_mailings"),
    )
    op.create_table(
        "messages",
        _id("id", primary_key=True),
        _text("key", nullable=True),
        _choice("channel"),
        _text("template"),
        _id("person_id"),
        _id("about_id"),
        sa.Column("facts", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        _id("mailing_id"),
        _choice("state"),
        _text("subject", default=""),
        _text("body", default=""),
        _text("address", default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        _time("next_at"),
        _time("created_at"),
        _time("sent_at", nullable=True),
        _text("error", default=""),
        _text("provider_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailings.id"], name="fk_messages_mailing_id"),
    )
    op.create_index("ix_messages_due", "messages", ["mailing_id", "next_at"], postgresql_where=OPEN)
    op.create_index("ix_messages_person_id", "messages", ["person_id", "id"])
    op.create_index(
        "uq_messages_mailing_id_person_id",
        "messages",
        ["mailing_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("mailing_id IS NOT NULL"),
    )
    op.create_table(
        "label_sheets",
        _id("id", primary_key=True),
        _id("segment_id", nullable=False),
        _choice("format"),
        sa.Column("start_at", sa.Integer, nullable=False),
        _text("job_id"),
        sa.Column("labels", sa.Integer, nullable=False, server_default="0"),
        sa.Column("without_address", sa.Integer, nullable=False, server_default="0"),
        _text("file_key", nullable=True),
        _time("created_at"),
        _text("created_by"),
        sa.PrimaryKeyConstraint("id", name="pk_label_sheets"),
    )
    op.create_table(
        "suppressions",
        _id("id", primary_key=True),
        _choice("channel"),
        _text("address"),
        _text("reason"),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_suppressions"),
        sa.CheckConstraint("address <> ''", name="address_given"),
    )
    op.create_index("uq_suppressions_channel_address", "suppressions", ["channel", "address"], unique=True)


def downgrade() -> None:
    for table in ("suppressions", "label_sheets", "messages", "mailings"):
        op.drop_table(table)
    drop_chassis_tables(op.get_bind())
