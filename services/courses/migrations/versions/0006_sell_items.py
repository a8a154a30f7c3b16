"""Sessions sell items, enrolments choose some; the product that each session had becomes its first, required item."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIRST_ITEMS = """
    INSERT INTO session_items (id, session_id, position, product_id, required)
    SELECT gen_random_uuid(), id, 0, product_id, true FROM sessions"""
CHOSEN_ITEMS = """
    INSERT INTO enrolment_items (enrolment_id, item_id)
    SELECT e.id, i.id FROM enrolments e JOIN session_items i ON i.session_id = e.session_id"""
FIRST_PRODUCTS = """
    UPDATE sessions s SET product_id = i.product_id FROM session_items i
     WHERE i.session_id = s.id AND i.position = 0 AND NOT i.removed"""


def _id(name: str) -> sa.Column[object]:
    return sa.Column(name, UUID(as_uuid=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "session_items",
        _id("id"),
        _id("session_id"),
        sa.Column("position", sa.Integer, nullable=False),
        _id("product_id"),
        sa.Column("name", JSONB),
        sa.Column("required", sa.Boolean, nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True)),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("removed", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("id", name="pk_session_items"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_session_items_session_id"),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_session_items_both_times")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_items_ends_after_start")),
        sa.CheckConstraint("position > 0 OR required OR removed", name=op.f("ck_session_items_first_required")),
    )
    op.create_index("ix_session_items_session_id_position", "session_items", ["session_id", "position"])
    op.create_table(
        "enrolment_items",
        _id("enrolment_id"),
        _id("item_id"),
        sa.PrimaryKeyConstraint("enrolment_id", "item_id", name="pk_enrolment_items"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name="fk_enrolment_items_enrolment_id"),
        sa.ForeignKeyConstraint(["item_id"], ["session_items.id"], name="fk_enrolment_items_item_id"),
    )
    op.create_index("ix_enrolment_items_item_id", "enrolment_items", ["item_id"])
    op.execute(FIRST_ITEMS)
    op.execute(CHOSEN_ITEMS)
    op.drop_column("sessions", "product_id")


def downgrade() -> None:
    op.add_column("sessions", sa.Column("product_id", UUID(as_uuid=True)))
    op.execute(FIRST_PRODUCTS)
    op.alter_column("sessions", "product_id", nullable=False)
    op.drop_table("enrolment_items")
    op.drop_table("session_items")
