"""Erasures look at rows of imports at work that have an id for somebody who is not made yet (C17)."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP INDEX ix_import_rows_staged")
    op.execute(
        "CREATE INDEX ix_import_rows_staged ON import_rows (import_id) WHERE state = 'staged' AND raw <> '{}'::jsonb"
    )
    op.execute(
        "UPDATE import_rows r SET person_id = NULL FROM imports i WHERE i.id = r.import_id AND i.dry_run"
        " AND r.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM persons p WHERE p.id = r.person_id)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_import_rows_staged")
    op.execute(
        "CREATE INDEX ix_import_rows_staged ON import_rows (import_id)"
        " WHERE state = 'staged' AND person_id IS NULL AND raw <> '{}'::jsonb"
    )
