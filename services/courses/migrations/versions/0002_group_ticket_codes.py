"""Codes of tickets stand in groups of four, those of tickets that are out already, too."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REGROUP = """
    UPDATE enrolments
    SET ticket_code = regexp_replace(replace(ticket_code, '-', ''), '(.{%d})(?=.)', '\\1-', 'g')
    WHERE ticket_code IS NOT NULL
"""


def upgrade() -> None:
    op.execute(REGROUP % 4)


def downgrade() -> None:
    op.execute(REGROUP % 5)
