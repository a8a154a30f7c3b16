"""The check of suppressions is called as the models call it."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE suppressions RENAME CONSTRAINT address_given TO ck_suppressions_address_given")


def downgrade() -> None:
    op.execute("ALTER TABLE suppressions RENAME CONSTRAINT ck_suppressions_address_given TO address_given")
