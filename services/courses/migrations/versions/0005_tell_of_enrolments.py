"""Changes are noted for the read models of other services; what there is already is told once."""

from alembic import op

from chassis import telling

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_SESSION = "SELECT id FROM enrolments WHERE session_id = NEW.id"
OF_COURSE = "SELECT e.id FROM enrolments e JOIN sessions s ON s.id = e.session_id WHERE s.course_id = NEW.id"


def upgrade() -> None:
    telling.prepare(op.get_bind())
    telling.note(op.get_bind(), "enrolments", "enrolment")
    telling.note_columns(op.get_bind(), "sessions", "starts_at", "enrolment", OF_SESSION)
    telling.note_columns(op.get_bind(), "courses", "code, topic", "enrolment", OF_COURSE)
    telling.note_all(op.get_bind(), "enrolments", "enrolment")


def downgrade() -> None:
    for table in ("enrolments", "sessions", "courses"):
        telling.forget(op.get_bind(), table)
