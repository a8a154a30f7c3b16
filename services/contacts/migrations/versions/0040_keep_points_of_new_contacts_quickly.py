"""New contacts cost less: nothing was verified of them yet, and sources told before there is a contact concern nobody.

Until now the whole view of points was asked about each, with its history of verifications; half of what an import's
new persons took was spent on that.
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

OF_NEW = """
CREATE OR REPLACE FUNCTION keep_points_insert_{of}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO kept_points (contact_id, "of", kind, place, verified_at)
    SELECT contact.id, '{of}', said.kind, said.place, coalesce(
        (SELECT observed_at FROM value_sources told WHERE told.subject_id = contact.id AND told.field = said.field),
        (SELECT observed_at FROM value_sources told WHERE told.subject_id = contact.id AND told.field = '*'),
        contact.created_at)
    FROM written AS contact
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
BEFORE = """
CREATE OR REPLACE FUNCTION keep_points_insert_{of}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT contact FROM (SELECT c.id FROM written c WHERE true) AS changed(contact)
                            ORDER BY contact);
BEGIN
    IF ids <> '{{}}' THEN PERFORM keep_points(ids); END IF;
    RETURN NULL;
END $$
"""
THERE = {"persons": "contact.state IN ('active', 'proposed')", "organisations": "contact.deleted_at IS NULL"}
WHOSE = """
    SELECT CASE WHEN a.id IS NULL THEN c.subject_id WHEN coalesce(a.email, a.phone) IS NOT NULL THEN a.person_id END
    FROM written c LEFT JOIN affiliations a ON a.id = c.subject_id
    WHERE c.field IN ('*', 'email', 'phone', 'other_emails', 'other_phones', 'addresses')
"""
OF_SOURCES = f"""
CREATE OR REPLACE FUNCTION keep_points_insert_value_sources() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT contact FROM ({WHOSE}) AS changed(contact)
                            WHERE contact IS NOT NULL ORDER BY contact);
    {{known}}
BEGIN
    IF ids <> '{{{{}}}}' THEN
        PERFORM FROM persons WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
        {{note}}
        PERFORM FROM organisations WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
        {{keep}}
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608  (constants of this module)
KEEP = "PERFORM keep_points(ids);"


def upgrade() -> None:
    for of, there in THERE.items():
        op.execute(OF_NEW.format(of=of, there=there))
    keep = f"IF known OR FOUND THEN {KEEP} END IF;"
    op.execute(OF_SOURCES.format(known="known boolean;", note="known := FOUND;", keep=keep))


def downgrade() -> None:
    for of in THERE:
        op.execute(BEFORE.format(of=of))
    op.execute(OF_SOURCES.format(known="", note="", keep=KEEP))
