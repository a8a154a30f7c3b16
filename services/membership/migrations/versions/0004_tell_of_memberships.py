"""Changes are noted for the read models of other services; what there is already is told once."""

from alembic import op

from chassis import telling

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_TYPE = "SELECT id FROM memberships WHERE membership_type_id = NEW.id"


def upgrade() -> None:
    telling.prepare(op.get_bind())
    telling.note(op.get_bind(), "memberships", "membership")
    telling.note(op.get_bind(), "membership_periods", "membership", "SELECT membership_id FROM changed")
    telling.note_columns(op.get_bind(), "membership_types", "code, grace_days", "membership", OF_TYPE)
    telling.note_all(op.get_bind(), "memberships", "membership")


def downgrade() -> None:
    for table in ("memberships", "membership_periods", "membership_types"):
        telling.forget(op.get_bind(), table)
