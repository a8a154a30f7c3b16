"""Addresses and texts of fields of before are stored with composed letters, as they have been since (C5, C7).

What their history and merges keep to undo is composed with them, or an undoing would find them changed; and what was
said of an address stays said of it. Nothing is changed that anybody sees, so that no history and no event tells of it.
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

COMPOSED = """
CREATE FUNCTION pg_temp.composed(said jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
    RETURN CASE jsonb_typeof(said)
        WHEN 'string' THEN to_jsonb(normalize(said #>> '{}', NFC))
        WHEN 'array' THEN coalesce((
            SELECT jsonb_agg(pg_temp.composed(one) ORDER BY place)
            FROM jsonb_array_elements(said) WITH ORDINALITY AS each(one, place)), '[]')
        WHEN 'object' THEN coalesce((
            SELECT jsonb_object_agg(key, pg_temp.composed(value)) FROM jsonb_each(said)), '{}')
        ELSE said END;
END $$
"""
"""Text by text: of JSON as a whole, the sign of a line feed could become part of a letter."""
SPOKEN_OF = """
CREATE TEMPORARY TABLE spoken_of ON COMMIT DROP AS
SELECT contact_id, place, key FROM contact_points
WHERE kind = 'address' AND value IS NOT NFC NORMALIZED
  AND contact_id = ANY(ARRAY(SELECT DISTINCT contact_id FROM verifications WHERE kind = 'address'))
"""
TOLD_OF = "field = 'addresses' OR field LIKE 'fields.%' OR field LIKE 'affiliation.fields.%'"
JSON = {
    "persons": ("addresses", "fields"),
    "organisations": ("addresses", "fields"),
    "affiliations": ("fields",),
    "merges": ("before", "after"),
    "changes": ("old", "new"),
}
WITH_CITY = ("persons", "organisations")
SAY_OF_IT_STILL = """
UPDATE verifications v SET point = p.key
FROM spoken_of s JOIN contact_points p ON p.contact_id = s.contact_id AND p.kind = 'address' AND p.place = s.place
WHERE v.contact_id = s.contact_id AND v.kind = 'address' AND v.point = s.key
"""


def upgrade() -> None:
    op.execute(COMPOSED)
    op.execute(SPOKEN_OF)
    for table, columns in JSON.items():
        op.execute(_compose(table, columns))
    op.execute(SAY_OF_IT_STILL)
    op.execute("DROP FUNCTION pg_temp.composed")
    op.execute("DROP TABLE spoken_of")


def _compose(table: str, columns: tuple[str, ...]) -> str:
    values = [f"{each} = pg_temp.composed({each})" for each in columns]
    found = [f"{each}::text IS NOT NFC NORMALIZED" for each in columns]
    if table in WITH_CITY:
        values.append("city = normalize(city, NFC)")
        found.append("city IS NOT NFC NORMALIZED")
    which = f"({TOLD_OF}) AND ({' OR '.join(found)})" if table == "changes" else " OR ".join(found)
    return f"UPDATE {table} SET {', '.join(values)} WHERE {which}"  # noqa: S608  (constants of this module)


def downgrade() -> None:
    """What is composed stays so."""
