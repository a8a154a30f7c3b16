"""What each user wants to see of lists and cards (C8)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

EMPTY = sa.text("'[]'::jsonb")


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        *(
            sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'::jsonb"))
            for name in ("shown", "hidden")
        ),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name="pk_views"),
    )


def downgrade() -> None:
    op.drop_table("views")
