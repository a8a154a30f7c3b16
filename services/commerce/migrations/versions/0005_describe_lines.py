"""Lines say what exactly they are for, and what the price was without the reduction."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("order_lines", "invoice_lines")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("about", JSONB, nullable=True))
        op.add_column(table, sa.Column("list_price", sa.Numeric(12, 2), nullable=True))
        op.add_column(table, sa.Column("price_kind", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        for name in ("price_kind", "list_price", "about"):
            op.drop_column(table, name)
