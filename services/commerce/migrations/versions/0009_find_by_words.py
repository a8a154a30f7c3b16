"""What can be found by its words (A7)."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = {
    "products": ("name", "code"),
}


def upgrade() -> None:
    for table, columns in WORDS.items():
        words = " || ".join(f"to_tsvector('simple', {each})" for each in columns)
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (({words}))")


def downgrade() -> None:
    for table in WORDS:
        op.execute(f"DROP INDEX ix_{table}_words")
