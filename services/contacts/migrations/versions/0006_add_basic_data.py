"""Basic data of contacts: gender, fax, further phones and addresses, terms of customers (C5)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("persons", "organisations")
LISTS = ("other_emails", "other_phones")
CHOICES = ("customer_status", "payment_method", "delivery_method")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("fax", sa.Text))
        for name in LISTS:
            op.add_column(table, sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")))
        for name in CHOICES:
            op.add_column(table, sa.Column(name, sa.String(40)))
        op.add_column(table, sa.Column("payment_days", sa.Integer))
        op.add_column(table, sa.Column("credit_limit", sa.Numeric(12, 2)))
        op.create_index(
            f"ix_{table}_other_emails", table, ["other_emails"], postgresql_using="gin",
            postgresql_ops={"other_emails": "jsonb_path_ops"},
            postgresql_where=sa.text("other_emails <> '[]'::jsonb"),
        )  # fmt: skip
    op.add_column("persons", sa.Column("gender", sa.String(40)))


def downgrade() -> None:
    op.drop_column("persons", "gender")
    for table in TABLES:
        op.drop_index(f"ix_{table}_other_emails", table)
        for name in ("fax", *LISTS, *CHOICES, "payment_days", "credit_limit"):
            op.drop_column(table, name)
