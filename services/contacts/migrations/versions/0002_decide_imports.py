"""Imports decide about all rows before they change anything; lists of persons by time."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OLD_KEYS = ("number_key", "email_key", "birth_key", "organisation_key")


def upgrade() -> None:
    for name in OLD_KEYS:
        op.drop_column("import_rows", name)
    op.add_column("import_rows", sa.Column("organisation_as", sa.Integer, nullable=True))
    op.add_column("import_rows", sa.Column("leads", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("import_rows", sa.Column("organisation_change", sa.Text, nullable=False, server_default=""))
    given = sa.text("person_id IS NOT NULL")
    op.create_index("ix_import_rows_person_id", "import_rows", ["person_id"], postgresql_where=given)
    active = sa.text("state = 'active'")
    op.create_index("ix_persons_created_at", "persons", ["created_at", "id"], postgresql_where=active)


def downgrade() -> None:
    op.drop_index("ix_persons_created_at", "persons")
    op.drop_index("ix_import_rows_person_id", "import_rows")
    for name in ("organisation_change", "leads", "organisation_as"):
        op.drop_column("import_rows", name)
    for name in OLD_KEYS:
        op.add_column("import_rows", sa.Column(name, sa.BigInteger, nullable=True))
