"""What can be found by its words (A7)."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = {
    "courses": ("name", "code", "topic", "description"),
}


def upgrade() -> None:
    for table, columns in WORDS.items():
        words = " || ".join(f"to_tsvector('simple', {each})" for each in columns)
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (({words}))")


def downgrade() -> None:
    for table in WORDS:
        op.execute(f"DROP INDEX ix_{table}_words")
