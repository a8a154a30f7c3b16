"""The tables of what is told to other services, as every service has them."""

from alembic import op

from chassis import telling

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    telling.prepare(op.get_bind())


def downgrade() -> None:
    """They stay: older databases do not mind them."""
