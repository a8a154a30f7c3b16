"""A mailing may ask its receivers to check their details; labels leave out returned addresses (C19)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mailings", sa.Column("check_details", sa.Boolean, nullable=False, server_default=sa.text("false")))
    unsubscribed = sa.Column("unsubscribed", sa.Boolean, nullable=False, server_default=sa.text("false"))
    op.add_column("suppressions", unsubscribed)
    op.execute("UPDATE suppressions SET unsubscribed = true WHERE reason = 'unsubscribed'")
    op.add_column("label_sheets", sa.Column("returned", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("suppressions", "unsubscribed")
    op.drop_column("label_sheets", "returned")
    op.drop_column("mailings", "check_details")
