"""What is done with a contact is found by an index: the unique ones leave out what came with another contact (A2)."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

LINKS = [(table, f"{side}_id") for table in ("activity_contacts", "task_contacts", "project_members")
         for side in ("person", "organisation")]  # fmt: skip


def upgrade() -> None:
    for table, column in LINKS:
        op.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column}) WHERE {column} IS NOT NULL")


def downgrade() -> None:
    for table, column in LINKS:
        op.execute(f"DROP INDEX ix_{table}_{column}")
