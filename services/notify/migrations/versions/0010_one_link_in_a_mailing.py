"""A mailing has one link: to a survey, or to the receiver's own details (C16, C19)."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
NAME = "ck_mailings_one_link"


def upgrade() -> None:
    op.create_check_constraint(op.f(NAME), "mailings", "survey_id IS NULL OR NOT check_details")


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "mailings")
