"""Where values come from, and which source is master of which field (C12)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EMPTY = sa.text("'{}'::jsonb")
SOURCE_OF_CHANNEL = """CASE channel WHEN 'api' THEN 'api' WHEN 'import' THEN 'import' WHEN 'office' THEN 'office'
    WHEN 'system' THEN 'office' ELSE 'self_service' END"""
KNOWN_FROM_HISTORY = f"""
    INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
    SELECT DISTINCT ON (subject_id, name) subject_id, name, {SOURCE_OF_CHANNEL}, changed_at,
        CASE name WHEN '*' THEN 'first' ELSE 'latest' END
    FROM (SELECT *, CASE WHEN field = 'state' THEN '*' ELSE field END AS name FROM changes
          WHERE (field = 'state' AND old IS NULL)
             OR (field NOT LIKE 'affiliation.%'
                 AND field NOT IN ('state', 'linked_to', 'banned_channels', 'merged', 'unmerged'))) told
    ORDER BY subject_id, name, id DESC
    """  # noqa: S608  (constants of this module)


def upgrade() -> None:
    op.create_table(
        "value_sources",
        sa.Column("subject_id", UUID(as_uuid=True), nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("subject_id", "field", name="pk_value_sources"),
    )
    op.create_table(
        "master_settings",
        sa.Column("id", sa.SmallInteger, nullable=False, server_default=sa.text("1"), autoincrement=False),
        sa.Column("persons", JSONB, nullable=False, server_default=EMPTY),
        sa.Column("organisations", JSONB, nullable=False, server_default=EMPTY),
        sa.Column("accounting_link", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.PrimaryKeyConstraint("id", name="pk_master_settings"),
        sa.CheckConstraint("id = 1", name="ck_master_settings_one_row"),
    )
    op.add_column("merges", sa.Column("sources", JSONB, nullable=False, server_default=EMPTY))
    op.add_column("imports", sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE imports SET observed_at = started_at")
    op.alter_column("imports", "observed_at", nullable=False)
    op.execute(KNOWN_FROM_HISTORY)


def downgrade() -> None:
    op.drop_column("imports", "observed_at")
    op.drop_column("merges", "sources")
    op.drop_table("master_settings")
    op.drop_table("value_sources")
