"""What an erasure has done about texts about others, and, sealed, what it looks for until all services have done so.

Of a published version of a survey an erasure alone may strike a name.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import tables

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

REFUSE = "RAISE EXCEPTION 'a published version of a survey does not change';"
FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_change_of_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} END $$"
)
BUT_FOR_ERASURES = f"""
    IF current_setting('talkoo.striking', true) = 'on' THEN
        RETURN NEW;
    END IF;
    {REFUSE}
"""


def upgrade() -> None:
    tables.add_searches_of_texts(op.get_bind())
    op.create_table(
        "sought",
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_sought"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_sought_person_id"),
    )
    op.execute(FUNCTION.format(BUT_FOR_ERASURES))


def downgrade() -> None:
    op.execute(FUNCTION.format(REFUSE))
    op.drop_table("sought")
    tables.drop_searches_of_texts(op.get_bind())
