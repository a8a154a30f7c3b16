"""Answers to surveys as rows, one for each value, for segments (C10, C16)."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

VIEW = """
CREATE VIEW survey_answer_values AS
SELECT given.person_id, given.survey_id, answer.key AS question, said.value,
       CASE WHEN jsonb_typeof(answer.value) = 'number' THEN (answer.value #>> '{}')::numeric END AS number,
       given.changed_at AS answered_at
FROM survey_answers AS given
JOIN surveys ON surveys.id = given.survey_id AND surveys.deleted_at IS NULL
CROSS JOIN LATERAL jsonb_each(given.answers) AS answer
CROSS JOIN LATERAL (
    SELECT lower(answer.value #>> '{}') AS value WHERE jsonb_typeof(answer.value) IN ('string', 'number')
    UNION ALL
    SELECT item.value FROM jsonb_array_elements_text(
        CASE WHEN jsonb_typeof(answer.value) = 'array' THEN answer.value ELSE '[]' END) AS item
    UNION ALL
    SELECT item.key || '=' || item.value FROM jsonb_each_text(
        CASE WHEN jsonb_typeof(answer.value) = 'object' THEN answer.value ELSE '{}' END) AS item
) AS said
"""


def upgrade() -> None:
    op.execute(VIEW)


def downgrade() -> None:
    op.execute("DROP VIEW survey_answer_values")
