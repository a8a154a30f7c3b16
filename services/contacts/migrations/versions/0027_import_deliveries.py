"""Delivered products in files of accounting, and what commerce tells of them (C12, E5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_rows", sa.Column("purchase", JSONB))
    op.add_column("known_purchases", sa.Column("product_name", sa.Text, nullable=False, server_default=""))
    op.add_column("known_purchases", sa.Column("source", sa.String(40), nullable=False, server_default="order"))
    op.alter_column("known_purchases", "quantity", type_=sa.Numeric(14, 3))
    op.alter_column("known_purchases", "amount", nullable=True)


def downgrade() -> None:
    op.drop_column("import_rows", "purchase")
    op.execute("DELETE FROM known_purchases WHERE source <> 'order'")
    op.alter_column("known_purchases", "amount", nullable=False)
    op.alter_column("known_purchases", "quantity", type_=sa.Integer)
    for name in ("source", "product_name"):
        op.drop_column("known_purchases", name)
