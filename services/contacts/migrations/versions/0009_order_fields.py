"""Fields can be moved and classify contacts; their choices have labels and can be retired (C6, C7)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE fields ALTER COLUMN position DROP IDENTITY")
    op.alter_column("fields", "applies_to", type_=sa.String(40))
    op.add_column("fields", sa.Column("classification", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("fields", sa.Column("version", sa.BigInteger, nullable=False, server_default="1"))
    op.alter_column("fields", "version", server_default=None)
    op.execute(
        """
        UPDATE fields SET choices = (
            SELECT jsonb_agg(jsonb_build_object('code', choice, 'retired', false,
                'label', jsonb_build_object('fi', choice, 'sv', '', 'en', '')) ORDER BY place)
            FROM jsonb_array_elements_text(choices) WITH ORDINALITY AS each(choice, place))
        WHERE choices <> '[]'
        """
    )


def downgrade() -> None:
    op.execute("UPDATE fields SET choices = jsonb_path_query_array(choices, '$[*].code')")
    op.drop_column("fields", "version")
    op.drop_column("fields", "classification")
    op.alter_column("fields", "applies_to", type_=sa.Text)
    op.execute("ALTER TABLE fields ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY (START 1000000)")
