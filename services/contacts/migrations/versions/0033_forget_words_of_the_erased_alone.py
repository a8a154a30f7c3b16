"""Words of names are looked for in vain only when somebody was erased: changing thousands of persons at once is quick.

The planner, who does not know how few were erased, looked for every word among all persons first.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WORDS = "string_to_array(btrim({}.search), ' ')"
KEEP = f"""
INSERT INTO name_words (word)
SELECT DISTINCT each FROM written AS p CROSS JOIN LATERAL unnest({WORDS.format("p")}) AS each
WHERE each !~ '^[0-9]*$' AND NOT EXISTS (SELECT FROM name_words n WHERE n.word = each);
"""  # noqa: S608  (constants)
FORGET_BEFORE = f"""
DELETE FROM name_words n USING before b JOIN written w ON w.id = b.id
WHERE w.state = 'erased' AND b.state <> 'erased' AND n.word = ANY({WORDS.format("b")})
  AND NOT EXISTS (SELECT FROM persons p WHERE {WORDS.format("p")} @> ARRAY[n.word]);
"""  # noqa: S608
FORGET = f"IF EXISTS (SELECT FROM written w WHERE w.state = 'erased') THEN {FORGET_BEFORE} END IF;"
FUNCTION = """
CREATE OR REPLACE FUNCTION keep_changed_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {} RETURN NULL; END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION.format(KEEP + FORGET))


def downgrade() -> None:
    op.execute(FUNCTION.format(KEEP + FORGET_BEFORE))
