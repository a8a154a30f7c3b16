"""Changes are noted for the read models of other services; what there is already is told once."""

from alembic import op

from chassis import telling

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SENT = "sent_at IS NOT NULL AND person_id IS NOT NULL"


def upgrade() -> None:
    telling.prepare(op.get_bind())
    telling.note(op.get_bind(), "messages", "message", f"SELECT id FROM changed WHERE {SENT}")  # noqa: S608
    telling.note_all(op.get_bind(), "messages", "message", SENT)


def downgrade() -> None:
    telling.forget(op.get_bind(), "messages")
