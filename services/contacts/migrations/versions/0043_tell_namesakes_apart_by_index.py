"""The index of names holds what tells namesakes apart, so that an import looks at none of them but the right one."""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

INDEX = "CREATE INDEX ix_persons_sort_key ON persons (sort_key, id){} WHERE state = 'active'"
DROP = "DROP INDEX ix_persons_sort_key"


SHORTEN = "UPDATE {0} SET sort_key = left(sort_key, 401) WHERE length(sort_key) > 401"
"""What keys of new names have at most: a row of the index would not hold more beside the rest."""


def upgrade() -> None:
    op.execute(DROP)
    for table in ("persons", "organisations"):
        op.execute(SHORTEN.format(table))
    op.execute(INDEX.format(" INCLUDE (email_key, birth_date, phone, postal_code)"))


def downgrade() -> None:
    op.execute(DROP)
    op.execute(INDEX.format(""))
