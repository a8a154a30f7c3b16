"""What found no room in a list is forgotten with the rest of its row (C17)."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

FORGET = """
    UPDATE import_rows r SET remarks = (
        SELECT jsonb_agg(CASE WHEN said ? 'values' THEN said || '{"values": []}' ELSE said END ORDER BY place)
        FROM jsonb_array_elements(r.remarks) WITH ORDINALITY AS remark(said, place))
    WHERE r.raw = '{}' AND r.remarks @? '$[*].values[*]'
"""
"""Rows that were emptied before: by an erasure, or since they were old."""


def upgrade() -> None:
    op.execute(FORGET)


def downgrade() -> None:
    """What is forgotten stays so."""
