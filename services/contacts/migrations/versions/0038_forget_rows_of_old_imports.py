"""What rows of old imports say is forgotten, and erasures read only rows that say something (C17)."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


NUMBERS = r"""
CREATE FUNCTION numbers_in(cells jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(right(digits, 8)), '{}')
    FROM (SELECT regexp_replace(value, '\D', '', 'g') AS digits FROM jsonb_each_text(cells) WHERE length(value) <= 40) d
    WHERE length(digits) >= 8
$$
"""
"""The ends of what may be telephone numbers, however they are written."""


def upgrade() -> None:
    op.execute("ALTER TABLE imports ADD COLUMN kept_from integer DEFAULT 0")
    op.execute(NUMBERS)
    op.execute(
        "CREATE INDEX ix_import_rows_words ON import_rows"
        " USING gin ((to_tsvector('simple', raw) || array_to_tsvector(numbers_in(raw))))"
        " WHERE state <> 'staged' AND person_id IS NULL AND raw <> '{}'::jsonb"
    )
    op.execute(
        "CREATE INDEX ix_import_rows_staged ON import_rows (import_id)"
        " WHERE state = 'staged' AND person_id IS NULL AND raw <> '{}'::jsonb"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_import_rows_words")
    op.execute("DROP INDEX ix_import_rows_staged")
    op.execute("DROP FUNCTION numbers_in(jsonb)")
    op.execute("ALTER TABLE imports DROP COLUMN kept_from")
