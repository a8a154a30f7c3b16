"""Affiliations may end before they begin: they never do, as their organisation was deleted first."""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

CHECK = "ends_after_start"


def upgrade() -> None:
    op.drop_constraint(op.f(f"ck_affiliations_{CHECK}"), "affiliations")


def downgrade() -> None:
    op.execute("UPDATE affiliations SET starts_on = ends_on WHERE ends_on < starts_on")
    op.create_check_constraint(op.f(f"ck_affiliations_{CHECK}"), "affiliations", "ends_on >= starts_on")
