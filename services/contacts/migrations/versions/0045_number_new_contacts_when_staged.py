"""Rows of an import carry the ids of contacts that they would make from the start; two marks say whom we know."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

KNOWN = "UPDATE import_rows r SET {0}_known = true FROM {0}s t WHERE r.state = 'staged' AND t.id = r.{0}_id"
"""Imports that have settled who is who have given ids to those whom they will make, too."""
GIVE = "UPDATE import_rows SET {0}_id = ({0} ->> 'id')::uuid WHERE state = 'staged' AND {0} ? 'id' AND {0}_id IS NULL"
REPEAT = """
UPDATE import_rows r SET {0}_id = f.{0}_id, {0}_known = f.{0}_known FROM import_rows f
WHERE r.state = 'staged' AND f.import_id = r.import_id AND f.number = r.{1} AND NOT r.{0}_known
"""
TAKE = """
UPDATE import_rows SET {0} = jsonb_build_object('id', {0}_id) || {0}, {0}_id = NULL
WHERE state = 'staged' AND NOT {0}_known AND {0} IS NOT NULL AND import_id IN (
    SELECT i.id FROM imports i JOIN jobs j ON j.id = i.job_id WHERE j.cursor ->> 'phase' IN ('match', 'settle'))
"""
"""Imports that have settled who is who need the ids."""
KINDS = {"person": "same_as", "organisation": "organisation_as"}


def upgrade() -> None:
    for kind, repeats in KINDS.items():
        known = sa.Column(f"{kind}_known", sa.Boolean, server_default=sa.text("false"), nullable=False)
        op.add_column("import_rows", known)
        for statement in (KNOWN, GIVE, REPEAT):
            op.execute(statement.format(kind, repeats))


def downgrade() -> None:
    for kind in KINDS:
        op.execute(TAKE.format(kind))
        op.drop_column("import_rows", f"{kind}_known")
