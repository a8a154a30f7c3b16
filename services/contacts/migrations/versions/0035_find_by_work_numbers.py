"""The search box finds persons by e-mail and phone of an affiliation (C10).

Made within the revision's transaction: of a million affiliations it takes some seconds, in which nobody writes any.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("email", "phone"):
        op.execute(
            f"CREATE INDEX ix_affiliations_{column} ON affiliations USING gin ({column} gin_trgm_ops)"
            f" WHERE {column} IS NOT NULL"
        )


def downgrade() -> None:
    for column in ("email", "phone"):
        op.execute(f"DROP INDEX ix_affiliations_{column}")
