"""The points of many contacts are kept anew by looking up where their values come from.

How many points a contact has is not known to the planner, who expects some hundred; it read all sources of the register
for each thousand contacts of an import that confirms what they have.
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

COLUMNS = 'contact_id, "of", kind, place, verified_at, problem'
KEEP = f"""
CREATE OR REPLACE FUNCTION keep_points(ids uuid[]) RETURNS void LANGUAGE sql {{settings}} AS $$
    WITH points AS MATERIALIZED (SELECT {COLUMNS} FROM contact_points WHERE contact_id = ANY(ids)),
    gone AS (DELETE FROM kept_points k WHERE k.contact_id = ANY(ids) AND {{gone}})
    INSERT INTO kept_points AS k ({COLUMNS}) SELECT {COLUMNS} FROM points
    ON CONFLICT (contact_id, kind, place) DO UPDATE SET verified_at = excluded.verified_at, problem = excluded.problem
    WHERE (k.verified_at, k.problem) IS DISTINCT FROM (excluded.verified_at, excluded.problem)
$$
"""  # noqa: S608  (constants)
LOOK_UP = "SET enable_hashjoin = off SET enable_mergejoin = off"
GONE = """(contact_id, kind, place) IN (
        SELECT contact_id, kind, place FROM kept_points WHERE contact_id = ANY(ids)
        EXCEPT SELECT contact_id, kind, place FROM points)"""
GONE_BEFORE = """NOT EXISTS (
        SELECT FROM points p WHERE (p.contact_id, p.kind, p.place) = (k.contact_id, k.kind, k.place))"""


def upgrade() -> None:
    op.execute(KEEP.format(settings=LOOK_UP, gone=GONE))


def downgrade() -> None:
    op.execute(KEEP.format(settings="", gone=GONE_BEFORE))
