"""The words of all names, so that a name with a typing error is found among a million (C10)."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

WORDS = "string_to_array(btrim({}.search), ' ')"
KEEP = f"""
INSERT INTO name_words (word)
SELECT DISTINCT each FROM {{rows}} AS p CROSS JOIN LATERAL unnest({WORDS.format("p")}) AS each
WHERE each !~ '^[0-9]*$' AND NOT EXISTS (SELECT FROM name_words n WHERE n.word = each);
"""  # noqa: S608  (constants)
FORGET = f"""
DELETE FROM name_words n USING before b JOIN written w ON w.id = b.id
WHERE w.state = 'erased' AND b.state <> 'erased' AND n.word = ANY({WORDS.format("b")})
  AND NOT EXISTS (SELECT FROM persons p WHERE {WORDS.format("p")} @> ARRAY[n.word]);
"""  # noqa: S608
FUNCTION = "CREATE FUNCTION {} RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NULL; END $$"
TRIGGER = "CREATE TRIGGER {0} AFTER {1} ON persons REFERENCING {2} FOR EACH STATEMENT EXECUTE FUNCTION {0}()"


def upgrade() -> None:
    op.create_table(
        "name_words",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_name_words"),
    )
    op.create_index("ix_name_words_word", "name_words", ["word"])
    op.execute(KEEP.format(rows="persons"))
    op.execute("CREATE INDEX ix_name_words_alike ON name_words USING gin (word gin_trgm_ops)")
    op.execute(f"CREATE INDEX ix_persons_words ON persons USING gin (({WORDS.replace('{}.', '')}))")
    op.execute(FUNCTION.format("keep_new_name_words()", KEEP.format(rows="written")))
    op.execute(FUNCTION.format("keep_changed_name_words()", KEEP.format(rows="written") + FORGET))
    op.execute(TRIGGER.format("keep_new_name_words", "INSERT", "NEW TABLE AS written"))
    op.execute(TRIGGER.format("keep_changed_name_words", "UPDATE", "NEW TABLE AS written OLD TABLE AS before"))


def downgrade() -> None:
    op.execute("DROP FUNCTION keep_new_name_words() CASCADE")
    op.execute("DROP FUNCTION keep_changed_name_words() CASCADE")
    op.execute("DROP INDEX ix_persons_words")
    op.drop_table("name_words")
