"""What an erasure has done about texts about others. Those before are over."""

from alembic import op

from chassis import tables

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.add_searches_of_texts(op.get_bind())


def downgrade() -> None:
    tables.drop_searches_of_texts(op.get_bind())
