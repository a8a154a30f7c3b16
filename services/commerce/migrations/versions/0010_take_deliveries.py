"""Delivered products that accounting tells of (C12, E5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis import redirects, telling

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LINE = ["source", "document_number", "document_line"]
STANDING = sa.text("stands")


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("customer_id", UUID(as_uuid=True), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in (*LINE, "product_code", "product_name")),
        sa.Column("quantity", sa.Numeric(14, 3), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("net", sa.Numeric(12, 2)),
        sa.Column("gross", sa.Numeric(12, 2)),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("delivered_on", sa.Date, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("batch_id", UUID(as_uuid=True), nullable=False),
        sa.Column("file_row", sa.Integer, nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("changed", JSONB),
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("net IS NOT NULL OR gross IS NOT NULL", name="ck_deliveries_sum"),
        sa.CheckConstraint("NOT stands OR withdrawn_at IS NULL", name="ck_deliveries_withdrawn"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("batch_id", "file_row", name="uq_deliveries_batch_id_file_row"),
    )
    op.create_index("uq_deliveries_standing", "deliveries", LINE, unique=True, postgresql_where=STANDING)
    op.create_index("ix_deliveries_line", "deliveries", LINE)
    bought = ["customer_id", "delivered_on", "id"]
    op.create_index("ix_deliveries_bought", "deliveries", bought, postgresql_where=STANDING)
    redirects.follow(op.get_bind(), "deliveries", "customer_id")
    telling.note(op.get_bind(), "deliveries", "delivery")


def downgrade() -> None:
    telling.forget(op.get_bind(), "deliveries")
    op.drop_table("deliveries")
