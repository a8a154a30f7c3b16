"""What can be found by its words (A7)."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WORDS = {
    "activities": ("text",),
    "tasks": ("title", "text"),
    "projects": ("name", "text"),
    "calendar_events": ("title", "text", "place"),
    "documents": ("title", "file_name"),
    "surveys": ("title",),
    "segments": ("name",),
}


def upgrade() -> None:
    for table, columns in WORDS.items():
        words = " || ".join(f"to_tsvector('simple', {each})" for each in columns)
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (({words}))")


def downgrade() -> None:
    for table in WORDS:
        op.execute(f"DROP INDEX ix_{table}_words")
