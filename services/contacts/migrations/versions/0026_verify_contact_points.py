"""When the values by which contacts are reached were verified, and what came back from them (C19)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from chassis import redirects

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

VALUES = """
    SELECT contact.id AS contact_id, '{of}' AS "of", contact.created_at, said.kind, said.use, said.value, said.entry,
           said.field, left(encode(sha256(convert_to(said.kind || ' ' || lower(said.value), 'UTF8')), 'hex'), 32) AS key
    FROM {of} AS contact
    CROSS JOIN LATERAL (
        SELECT 'email' AS kind, 'first' AS use, contact.email AS value, NULL::jsonb AS entry, 'email' AS field
        WHERE contact.email IS NOT NULL
        UNION ALL
        SELECT 'email', one ->> 'kind', one ->> 'address', one, 'other_emails'
        FROM jsonb_array_elements(contact.other_emails) AS one
        UNION ALL
        SELECT 'phone', 'first', contact.phone, NULL, 'phone' WHERE contact.phone IS NOT NULL
        UNION ALL
        SELECT 'phone', one ->> 'kind', one ->> 'number', one, 'other_phones'
        FROM jsonb_array_elements(contact.other_phones) AS one
        UNION ALL
        SELECT 'address', coalesce(one ->> 'purpose', 'postal'), written.line, one, 'addresses'
        FROM jsonb_array_elements(contact.addresses) AS one
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
SELECT point.contact_id, point."of", point.kind, point.use, point.value, point.entry, point.key,
       greatest(coalesce(told.observed_at, first.observed_at, point.created_at), said.confirmed_at) AS verified_at,
       CASE WHEN said.confirmed_at >= coalesce(told.observed_at, first.observed_at, point.created_at)
            THEN said.confirmed_by ELSE coalesce(told.source, first.source) END AS verified_by,
       coalesce(said.confirmed_at >= coalesce(told.observed_at, first.observed_at, point.created_at), false)
           AS confirmed,
       CASE WHEN said.outcome <> 'confirmed' THEN said.outcome END AS problem,
       CASE WHEN said.outcome <> 'confirmed' THEN said.said_at END AS problem_at,
       CASE WHEN said.outcome <> 'confirmed' THEN said.reason ELSE '' END AS problem_reason,
       said.id AS verification_id
FROM ({PERSONS} UNION ALL {ORGANISATIONS}) AS point
LEFT JOIN value_sources AS told ON told.subject_id = point.contact_id AND told.field = point.field
LEFT JOIN value_sources AS first ON first.subject_id = point.contact_id AND first.field = '*'
LEFT JOIN (
    SELECT contact_id, point AS key,
           max(said_at) FILTER (WHERE outcome = 'confirmed') AS confirmed_at,
           (array_agg(source ORDER BY said_at DESC, id DESC) FILTER (WHERE outcome = 'confirmed'))[1] AS confirmed_by,
           (array_agg(outcome ORDER BY said_at DESC, id DESC))[1] AS outcome,
           (array_agg(reason ORDER BY said_at DESC, id DESC))[1] AS reason,
           (array_agg(id ORDER BY said_at DESC, id DESC))[1] AS id,
           max(said_at) AS said_at
    FROM verifications GROUP BY contact_id, point
) AS said ON said.contact_id = point.contact_id AND said.key = point.key
"""  # noqa: S608  (constants of this module)


def upgrade() -> None:
    op.create_table(
        "verifications",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("contact_id", UUID(as_uuid=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("point", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verifications"),
        sa.CheckConstraint(
            "outcome <> 'returned' OR kind = 'address'", name=op.f("ck_verifications_letters_are_returned")
        ),
        sa.CheckConstraint("outcome <> 'bounced' OR kind <> 'address'", name=op.f("ck_verifications_messages_bounce")),
    )
    op.create_index("ix_verifications_contact_id", "verifications", ["contact_id", "point"])
    redirects.follow(op.get_bind(), "verifications", "contact_id")
    op.create_table(
        "bounces",
        sa.Column("message_id", UUID(as_uuid=True), nullable=False),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_bounces"),
    )
    redirects.follow(op.get_bind(), "bounces", "person_id")
    op.execute(VIEW)


def downgrade() -> None:
    op.execute("DROP VIEW contact_points")
    redirects.unfollow(op.get_bind(), "bounces", "person_id")
    op.drop_table("bounces")
    redirects.unfollow(op.get_bind(), "verifications", "contact_id")
    op.drop_table("verifications")
