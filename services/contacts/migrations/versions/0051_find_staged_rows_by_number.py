"""The index of staged rows is no way to find a row of an import by its number that goes through all of the import.

Rows are compared with the register before the planner knows how many a new import has; it took the index of all its
staged rows for each of them.
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

STAGED = "CREATE INDEX ix_import_rows_staged ON import_rows ({}) WHERE state = 'staged' AND raw <> '{{}}'::jsonb"


def upgrade() -> None:
    op.execute("DROP INDEX ix_import_rows_staged")
    op.execute(STAGED.format("number"))


def downgrade() -> None:
    op.execute("DROP INDEX ix_import_rows_staged")
    op.execute(STAGED.format("import_id"))
