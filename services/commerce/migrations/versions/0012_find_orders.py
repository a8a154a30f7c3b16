"""Orders can be found by what was ordered (A7)."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = "to_tsvector('simple', name) || to_tsvector('simple', coalesce(about, '{}'))"
    op.execute(f"CREATE INDEX ix_order_lines_words ON order_lines USING gin (({words}))")


def downgrade() -> None:
    op.drop_index("ix_order_lines_words")
