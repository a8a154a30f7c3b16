"""Words of names are always looked for by their index.

New entries used to wait in a list beside it until autovacuum came, and while that list was long, the planner read all
words instead.
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER INDEX ix_name_words_alike SET (fastupdate = off)")
    op.execute("SELECT gin_clean_pending_list('ix_name_words_alike')")


def downgrade() -> None:
    op.execute("ALTER INDEX ix_name_words_alike RESET (fastupdate)")
