"""Who came back to an organisation has begun there anew: migration 0037 gave each place the first beginning (C12)."""

from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

MADE_AT = "to_timestamp(('x' || left(replace(a.id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)"
"""An id tells when it was made, which is before its affiliation began and after those before it ended."""
SOURCE_OF_CHANNEL = """CASE c.channel WHEN 'api' THEN 'api' WHEN 'import' THEN 'import' WHEN 'office' THEN 'office'
    WHEN 'address_provider' THEN 'address_provider' WHEN 'system' THEN 'office' ELSE 'self_service' END"""
MOMENT = "interval '5 seconds'"
MEND = f"""
    UPDATE value_sources v SET observed_at = own.changed_at, source = own.source
    FROM affiliations a
    CROSS JOIN LATERAL (
        SELECT c.changed_at FROM changes c
        WHERE c.subject_id = a.person_id AND c.field = 'affiliation.started'
          AND c.new ->> 'organisation_id' = a.organisation_id::text
        ORDER BY c.id LIMIT 1) first
    CROSS JOIN LATERAL (
        SELECT c.changed_at, {SOURCE_OF_CHANNEL} AS source
        FROM changes c
        WHERE c.subject_id = a.person_id AND c.field = 'affiliation.started'
          AND c.new ->> 'organisation_id' = a.organisation_id::text AND c.changed_at > {MADE_AT} - {MOMENT}
        ORDER BY c.id LIMIT 1) own
    WHERE v.subject_id = a.id AND v.field = '*' AND v.rule = 'first' AND v.observed_at = first.changed_at
      AND own.changed_at > first.changed_at AND EXISTS (
        SELECT FROM affiliations e
        WHERE e.person_id = a.person_id AND e.organisation_id = a.organisation_id AND e.id < a.id)
    """  # noqa: S608  (constants of this module)


def upgrade() -> None:
    op.execute(MEND)


def downgrade() -> None:
    """What is right stays so."""
