"""Changes of affiliations are found by the affiliation, for the undoing of an import."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_changes_affiliation_id",
        "changes",
        ["affiliation_id"],
        postgresql_where=sa.text("affiliation_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_changes_affiliation_id", "changes")
