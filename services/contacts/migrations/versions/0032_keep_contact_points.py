"""When values were verified and what came back from them is kept in a table with indexes, by triggers (C19)."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

VALUES = """
    SELECT contact.id AS contact_id, '{of}' AS "of", contact.created_at, said.kind, said.place::integer, said.use,
           said.value, said.entry, said.field,
           left(encode(sha256(convert_to(said.kind || ' ' || lower(said.value), 'UTF8')), 'hex'), 32) AS key
    FROM {of} AS contact
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, 0::bigint AS place, 'first' AS use, contact.email AS value, NULL::jsonb AS entry,
               'email' AS field
        WHERE contact.email IS NOT NULL
        UNION ALL
        SELECT 'email', each.place, one ->> 'kind', one ->> 'address', one, 'other_emails'
        FROM jsonb_array_elements(contact.other_emails) WITH ORDINALITY AS each(one, place)
        UNION ALL
        SELECT 'phone', 0, 'first', contact.phone, NULL, 'phone' WHERE contact.phone IS NOT NULL
        UNION ALL
        SELECT 'phone', each.place, one ->> 'kind', one ->> 'number', one, 'other_phones'
        FROM jsonb_array_elements(contact.other_phones) WITH ORDINALITY AS each(one, place)
        UNION ALL
        SELECT 'address', each.place, coalesce(one ->> 'purpose', 'postal'), written.line, one, 'addresses'
        FROM jsonb_array_elements(contact.addresses) WITH ORDINALITY AS each(one, place)
        CROSS JOIN LATERAL (
            SELECT concat_ws(', ', nullif(one ->> 'street', ''),
                             nullif(btrim(concat_ws(' ', one ->> 'postal_code', one ->> 'city')), ''),
                             nullif(coalesce(one ->> 'country', 'FI'), 'FI')) AS line) AS written
        WHERE coalesce(one ->> 'street', '') <> '' OR coalesce(one ->> 'city', '') <> ''
    ) AS said
    WHERE {there}
"""
PERSONS = VALUES.format(of="persons", there="contact.state IN ('active', 'proposed')")
ORGANISATIONS = VALUES.format(of="organisations", there="contact.deleted_at IS NULL")
VIEW = f"""
CREATE VIEW contact_points AS
SELECT point.contact_id, point."of", point.kind, point.place, point.use, point.value, point.entry, point.key,
       greatest(coalesce(told.observed_at, first.observed_at, point.created_at), sure.said_at) AS verified_at,
       CASE WHEN sure.said_at >= coalesce(told.observed_at, first.observed_at, point.created_at)
            THEN sure.source ELSE coalesce(told.source, first.source) END AS verified_by,
       coalesce(sure.said_at >= coalesce(told.observed_at, first.observed_at, point.created_at), false) AS confirmed,
       CASE WHEN last.outcome <> 'confirmed' THEN last.outcome END AS problem,
       CASE WHEN last.outcome <> 'confirmed' THEN last.said_at END AS problem_at,
       CASE WHEN last.outcome <> 'confirmed' THEN last.reason ELSE '' END AS problem_reason,
       last.id AS verification_id
FROM ({PERSONS} UNION ALL {ORGANISATIONS}) AS point
LEFT JOIN value_sources AS told ON told.subject_id = point.contact_id AND told.field = point.field
LEFT JOIN value_sources AS first ON first.subject_id = point.contact_id AND first.field = '*'
LEFT JOIN LATERAL (
    SELECT id, outcome, said_at, reason FROM verifications AS v
    WHERE v.contact_id = point.contact_id AND v.point = point.key ORDER BY said_at DESC, id DESC LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT said_at, source FROM verifications AS v
    WHERE v.contact_id = point.contact_id AND v.point = point.key AND outcome = 'confirmed'
    ORDER BY said_at DESC, id DESC LIMIT 1
) AS sure ON true
"""  # noqa: S608  (constants of this module)
VIEW_BEFORE = VIEW.replace("point.kind, point.place, ", "point.kind, ")
"""Shows what the view of 0026 shows."""
COLUMNS = 'contact_id, "of", kind, place, verified_at, problem'
FILL = f"INSERT INTO kept_points ({COLUMNS}) SELECT {COLUMNS} FROM contact_points"  # noqa: S608
KEEP = f"""
CREATE FUNCTION keep_points(ids uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH points AS MATERIALIZED (SELECT {COLUMNS} FROM contact_points WHERE contact_id = ANY(ids)),
    gone AS (
        DELETE FROM kept_points k WHERE k.contact_id = ANY(ids) AND NOT EXISTS (
            SELECT FROM points p WHERE (p.contact_id, p.kind, p.place) = (k.contact_id, k.kind, k.place)))
    INSERT INTO kept_points AS k ({COLUMNS}) SELECT {COLUMNS} FROM points
    ON CONFLICT (contact_id, kind, place) DO UPDATE SET verified_at = excluded.verified_at, problem = excluded.problem
    WHERE (k.verified_at, k.problem) IS DISTINCT FROM (excluded.verified_at, excluded.problem)
$$
"""  # noqa: S608
TABLES = {
    "persons": ("id", ("email", "phone", "other_emails", "other_phones", "addresses", "state"), "true"),
    "organisations": ("id", ("email", "phone", "other_emails", "other_phones", "addresses", "deleted_at"), "true"),
    "value_sources": (
        "subject_id",
        ("observed_at",),
        "c.field IN ('*', 'email', 'phone', 'other_emails', 'other_phones', 'addresses')",
    ),
    "verifications": ("contact_id", ("contact_id", "point", "outcome", "said_at"), "true"),
}
"""Whose rows say something of contact points: the column of the contact, those that matter, which rows matter."""
KEYS = {"value_sources": "(c.subject_id, c.field) = (b.subject_id, b.field)"}
EVENTS = {
    "insert": ("REFERENCING NEW TABLE AS written", "SELECT c.{contact} FROM written c WHERE {which}"),
    "delete": ("REFERENCING OLD TABLE AS before", "SELECT c.{contact} FROM before c WHERE {which}"),
    "update": (
        "REFERENCING NEW TABLE AS written OLD TABLE AS before",
        """SELECT unnest(ARRAY[c.{contact}, b.{contact}]) FROM written c JOIN before b ON {same}
           WHERE ({new}) IS DISTINCT FROM ({old}) AND {which}""",
    ),
}
LOCK = """
    PERFORM FROM persons WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM organisations WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
"""
"""Of two transactions that say something of one contact, the second sees what the first wrote."""
TRIGGER = """
CREATE FUNCTION keep_points_{event}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT contact FROM ({which}) AS changed(contact) ORDER BY contact);
BEGIN
    IF ids <> '{{}}' THEN {lock} PERFORM keep_points(ids); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_points_{event} AFTER {event} ON {table} {referencing}
    FOR EACH STATEMENT EXECUTE FUNCTION keep_points_{event}_{table}();
"""


def upgrade() -> None:
    op.execute("DROP VIEW contact_points")
    op.execute(VIEW)
    op.create_table(
        "kept_points",
        sa.Column("contact_id", UUID(as_uuid=True), nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text),
    )
    # No trigger tells yet of what is written meanwhile.
    op.execute(f"LOCK TABLE {', '.join(TABLES)} IN SHARE ROW EXCLUSIVE MODE")
    op.execute(FILL)
    op.create_primary_key("pk_kept_points", "kept_points", ["contact_id", "kind", "place"])
    ordered = ["of", "kind", "verified_at", "contact_id", "place"]
    op.create_index("ix_kept_points_verified_at", "kept_points", ordered, postgresql_include=["problem"])
    op.create_index(
        "ix_kept_points_problem", "kept_points", ordered, postgresql_include=["problem"],
        postgresql_where=sa.text("problem IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_kept_points_problem_contact", "kept_points", ["contact_id", "kind", "place"],
        postgresql_include=["of", "problem"], postgresql_where=sa.text("problem IS NOT NULL"),
    )  # fmt: skip
    op.execute(KEEP)
    for statement in _triggers():
        op.execute(statement)
    op.execute("ANALYZE kept_points")


def _triggers() -> Iterable[str]:
    for table, (contact, columns, which) in TABLES.items():
        names = {
            "contact": contact,
            "which": which,
            "same": KEYS.get(table, "c.id = b.id"),
            "new": ", ".join(f"c.{each}" for each in columns) + ", 0",
            "old": ", ".join(f"b.{each}" for each in columns) + ", 0",
        }
        lock = "" if contact == "id" else LOCK
        for event, (referencing, rows) in EVENTS.items():
            found = rows.format(**names)
            yield TRIGGER.format(table=table, event=event, referencing=referencing, which=found, lock=lock)


def downgrade() -> None:
    for table in TABLES:
        for event in EVENTS:
            op.execute(f"DROP FUNCTION keep_points_{event}_{table}() CASCADE")
    op.execute("DROP FUNCTION keep_points(uuid[])")
    op.drop_table("kept_points")
    op.execute("DROP VIEW contact_points")
    op.execute(VIEW_BEFORE)
