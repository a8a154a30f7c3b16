"""The search box finds persons by e-mail and phone of an affiliation (C10).

Made within the revision's transaction: of a million affiliations it takes some seconds, in which nobody writes any.
"""

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """CREATE INDEX ix_affiliations_email ON affiliations ((lower(email) COLLATE "C"), person_id)
           WHERE email IS NOT NULL"""
    )
    op.execute(
        "CREATE INDEX ix_affiliations_phone ON affiliations USING gin (phone gin_trgm_ops) WHERE phone IS NOT NULL"
    )


def downgrade() -> None:
    for column in ("email", "phone"):
        op.execute(f"DROP INDEX ix_affiliations_{column}")
