"""Where the points of a new contact come from is asked once for the contact, not twice for each point.

These questions took half of what keeping the points of new persons cost.
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

OF_NEW = """
CREATE OR REPLACE FUNCTION keep_points_insert_{of}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kept_points (contact_id, "of", kind, place, verified_at)
    SELECT contact.id, '{of}', said.kind, said.place, coalesce({told}, contact.created_at)
    FROM written AS contact {asked}
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, 0::bigint AS place, 'email' AS field WHERE contact.email IS NOT NULL
        UNION ALL
        SELECT 'email', place, 'other_emails'
        FROM generate_series(1, jsonb_array_length(contact.other_emails)) AS place
        UNION ALL
        SELECT 'phone', 0, 'phone' WHERE contact.phone IS NOT NULL
        UNION ALL
        SELECT 'phone', place, 'other_phones'
        FROM generate_series(1, jsonb_array_length(contact.other_phones)) AS place
        UNION ALL
        SELECT 'address', each.place, 'addresses'
        FROM jsonb_array_elements(contact.addresses) WITH ORDINALITY AS each(one, place)
        WHERE coalesce(one ->> 'street', '') <> '' OR coalesce(one ->> 'city', '') <> ''
    ) AS said
    WHERE {there};
    RETURN NULL;
END $$
"""
FIELDS = ("email", "other_emails", "phone", "other_phones", "addresses")
TOLD = f"CASE said.field {' '.join(f'''WHEN '{each}' THEN told.{each}''' for each in FIELDS)} END, told.all_of_it"
ASKED = f"""
    CROSS JOIN LATERAL (
        SELECT max(observed_at) FILTER (WHERE field = '*') AS all_of_it,
            {", ".join(f"max(observed_at) FILTER (WHERE field = '{each}') AS {each}" for each in FIELDS)}
        FROM value_sources WHERE subject_id = contact.id
    ) AS told
    """  # noqa: S608  (constants)
TOLD_BEFORE = """
        (SELECT observed_at FROM value_sources told WHERE told.subject_id = contact.id AND told.field = said.field),
        (SELECT observed_at FROM value_sources told WHERE told.subject_id = contact.id AND told.field = '*')"""
THERE = {"persons": "contact.state IN ('active', 'proposed')", "organisations": "contact.deleted_at IS NULL"}


def upgrade() -> None:
    for of, there in THERE.items():
        op.execute(OF_NEW.format(of=of, there=there, told=TOLD, asked=ASKED))


def downgrade() -> None:
    for of, there in THERE.items():
        op.execute(OF_NEW.format(of=of, there=there, told=TOLD_BEFORE, asked=""))
