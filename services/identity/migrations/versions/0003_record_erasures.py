"""The record of what was erased of persons."""

from alembic import op

from chassis import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tables.erasures.create(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    tables.erasures.drop(op.get_bind(), checkfirst=True)
