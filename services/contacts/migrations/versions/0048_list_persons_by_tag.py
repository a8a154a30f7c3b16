"""A page of who has a tag is found in indexes that tell names and tags, without reading who has it not (C9).

Twelve tags, however long, fit into a row of an index beside any name; a hundred, as many as somebody may have, do not.
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX ix_persons_few_tags ON persons (sort_key, id) INCLUDE (tags)
            WHERE state = 'active' AND tags <> '[]' AND jsonb_array_length(tags) <= 12
        """
    )
    op.execute(
        """
        CREATE INDEX ix_persons_many_tags ON persons (sort_key, id)
            WHERE state = 'active' AND jsonb_array_length(tags) > 12
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_persons_few_tags")
    op.execute("DROP INDEX ix_persons_many_tags")
