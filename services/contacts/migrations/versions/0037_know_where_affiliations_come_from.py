"""Values of affiliations know where they come from (C12), and work e-mail and phone when they were verified (C19)."""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

SOURCE_OF_CHANNEL = """CASE channel WHEN 'api' THEN 'api' WHEN 'import' THEN 'import' WHEN 'office' THEN 'office'
    WHEN 'address_provider' THEN 'address_provider' WHEN 'system' THEN 'office' ELSE 'self_service' END"""
KNOWN_FROM_HISTORY = f"""
    INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
    SELECT DISTINCT ON (a.id) a.id, '*', {SOURCE_OF_CHANNEL}, c.changed_at, 'first'
    FROM affiliations a JOIN changes c ON c.subject_id = a.person_id AND c.field = 'affiliation.started'
      AND c.new ->> 'organisation_id' = a.organisation_id::text
    ORDER BY a.id, c.id
    ON CONFLICT DO NOTHING
    """  # noqa: S608  (constants of this module)
CHANGES_KNOWN_FROM_HISTORY = f"""
    INSERT INTO value_sources (subject_id, field, source, observed_at, rule)
    SELECT DISTINCT ON (c.affiliation_id, c.field) c.affiliation_id, substr(c.field, 13), {SOURCE_OF_CHANNEL},
        c.changed_at, 'latest'
    FROM changes c JOIN affiliations a ON a.id = c.affiliation_id
    WHERE c.field LIKE 'affiliation.%' AND c.field NOT IN ('affiliation.started', 'affiliation.ended')
    ORDER BY c.affiliation_id, c.field, c.id DESC
    ON CONFLICT DO NOTHING
    """  # noqa: S608
FORGET = """
CREATE FUNCTION forget_sources_of_affiliations() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM value_sources s USING gone WHERE s.subject_id = gone.id;
    DELETE FROM import_confirmations c USING gone WHERE c.subject_id = gone.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_sources AFTER DELETE ON affiliations REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION forget_sources_of_affiliations();
"""
"""Where its values came from goes with an affiliation, whoever removes it."""
KEY = "left(encode(sha256(convert_to(said.kind || ' ' || lower(said.value), 'UTF8')), 'hex'), 32) AS key"
VALUES = f"""
    SELECT contact.id AS contact_id, '{{of}}' AS "of", contact.id AS subject_id, contact.created_at, said.kind,
           said.place::integer, said.use, said.value, said.entry, said.field, {KEY}
    FROM {{of}} AS contact
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
    WHERE {{there}}
"""  # noqa: S608
AT_WORK = f"""
    SELECT at_work.person_id AS contact_id, 'persons' AS "of", at_work.id AS subject_id, contact.created_at, said.kind,
           at_work.place, 'work' AS use, said.value, NULL::jsonb AS entry, said.field, {KEY}
    FROM (SELECT id, person_id, email, phone, ends_on,
                 100 + (row_number() OVER (PARTITION BY person_id ORDER BY id))::integer AS place
          FROM affiliations) AS at_work
    JOIN persons AS contact ON contact.id = at_work.person_id AND contact.state IN ('active', 'proposed')
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, at_work.email AS value, 'email' AS field WHERE at_work.email IS NOT NULL
        UNION ALL SELECT 'phone', at_work.phone, 'phone' WHERE at_work.phone IS NOT NULL
    ) AS said
    WHERE at_work.ends_on IS NULL
"""  # noqa: S608
"""The places after those of the person's own values. Who is known to leave is not asked about work any more."""
PERSONS = VALUES.format(of="persons", there="contact.state IN ('active', 'proposed')")
ORGANISATIONS = VALUES.format(of="organisations", there="contact.deleted_at IS NULL")


def view(*parts: str) -> str:
    """The view of the values that these queries find."""
    return f"""
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
FROM ({" UNION ALL ".join(parts)}) AS point
LEFT JOIN value_sources AS told ON told.subject_id = point.subject_id AND told.field = point.field
LEFT JOIN value_sources AS first ON first.subject_id = point.subject_id AND first.field = '*'
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


REACHED = "coalesce(c.email, c.phone) IS NOT NULL"
WHOSE = """
    SELECT CASE WHEN a.id IS NULL THEN c.subject_id WHEN coalesce(a.email, a.phone) IS NOT NULL THEN a.person_id END
    FROM {rows} LEFT JOIN affiliations a ON a.id = c.subject_id
    WHERE c.field IN ('*', 'email', 'phone', 'other_emails', 'other_phones', 'addresses')
"""
"""A value of an affiliation is its person's."""
SAME_SOURCE = "before b ON (c.subject_id, c.field) = (b.subject_id, b.field) AND c.observed_at <> b.observed_at"
CHANGED_WORK = """
    SELECT unnest(ARRAY[c.person_id, b.person_id]) FROM written c JOIN before b ON c.id = b.id
    WHERE (c.person_id, c.email, c.phone, c.ends_on) IS DISTINCT FROM (b.person_id, b.email, b.phone, b.ends_on)
"""
NEW, OLD = "REFERENCING NEW TABLE AS written", "REFERENCING OLD TABLE AS before"
BOTH = f"{NEW} OLD TABLE AS before"
OF_SOURCES = {
    "insert": (NEW, WHOSE.format(rows="written c")),
    "delete": (OLD, WHOSE.format(rows="before c")),
    "update": (BOTH, WHOSE.format(rows=f"written c JOIN {SAME_SOURCE}")),
}
OF_AFFILIATIONS = {
    "insert": (NEW, f"SELECT c.person_id FROM written c WHERE {REACHED}"),  # noqa: S608
    "delete": (OLD, f"SELECT c.person_id FROM before c WHERE {REACHED}"),  # noqa: S608
    "update": (BOTH, CHANGED_WORK),
}
OF_SOURCES_BEFORE = {
    event: (
        referencing,
        f"""SELECT c.subject_id FROM {rows}
            WHERE c.field IN ('*', 'email', 'phone', 'other_emails', 'other_phones', 'addresses')""",  # noqa: S608
    )
    for event, referencing, rows in (
        ("insert", NEW, "written c"), ("delete", OLD, "before c"), ("update", BOTH, f"written c JOIN {SAME_SOURCE}"),
    )
}  # fmt: skip
TRIGGER = """
CREATE OR REPLACE FUNCTION keep_points_{event}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[] := ARRAY(SELECT DISTINCT contact FROM ({which}) AS changed(contact)
                            WHERE contact IS NOT NULL ORDER BY contact);
BEGIN
    IF ids <> '{{}}' THEN
        PERFORM FROM persons WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
        PERFORM FROM organisations WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
        PERFORM keep_points(ids);
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    tables = "persons, organisations, affiliations, value_sources, verifications"
    op.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    op.execute(CHANGES_KNOWN_FROM_HISTORY)
    op.execute(KNOWN_FROM_HISTORY)
    _look_at(PERSONS, ORGANISATIONS, AT_WORK)
    for event, (_, which) in OF_SOURCES.items():
        op.execute(TRIGGER.format(event=event, table="value_sources", which=which))
    for event, (referencing, which) in OF_AFFILIATIONS.items():
        op.execute(TRIGGER.format(event=event, table="affiliations", which=which))
        op.execute(
            f"CREATE TRIGGER keep_points_{event} AFTER {event} ON affiliations {referencing}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION keep_points_{event}_affiliations()"
        )
    op.execute(FORGET)
    reached = "SELECT DISTINCT person_id FROM affiliations WHERE coalesce(email, phone) IS NOT NULL"
    op.execute(f"SELECT keep_points(ARRAY({reached}))")


def _look_at(*parts: str) -> None:
    op.execute("DROP VIEW contact_points")
    op.execute(view(*parts))


def downgrade() -> None:
    op.execute("DROP TRIGGER forget_sources ON affiliations")
    op.execute("DROP FUNCTION forget_sources_of_affiliations()")
    for event in OF_AFFILIATIONS:
        op.execute(f"DROP FUNCTION keep_points_{event}_affiliations() CASCADE")
    for event, (_, which) in OF_SOURCES_BEFORE.items():
        op.execute(TRIGGER.format(event=event, table="value_sources", which=which))
    op.execute("DELETE FROM value_sources USING affiliations a WHERE a.id = subject_id")
    op.execute("DELETE FROM kept_points WHERE place > 100")
    _look_at(PERSONS, ORGANISATIONS)
